"""The guard: who is let in, and what every answer says."""

import asyncio

import pytest

from grader.serve.guard import STRICTEST, Guard

SECRET = "s3cret-s3cret-s3cret_s3"
POLICY = b"default-src 'none'; connect-src 'self'"


async def page(scope, receive, send):
    """Answers with the path that it sees, and with headers that are not for it to choose."""
    headers = [
        (b"Cache-Control", b"public"),
        (b"X-Frame-Options", b"ALLOWALL"),
        (b"content-type", b"text/html"),
    ]
    if scope["path"] == "/page":
        headers.append((b"Content-Security-Policy", POLICY))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def asked(path=f"/{SECRET}/", method="GET", hosts=("127.0.0.1:8765",), kind="http"):
    """Status, headers and body."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", host.encode("latin-1")) for host in hosts]
    scope = {"type": kind, "path": path, "raw_path": b"", "method": method, "headers": headers}
    asyncio.run(Guard(page, SECRET)(scope, None, send))
    names = [name.decode().lower() for name, _ in sent[0]["headers"]]
    assert len(names) == len(set(names))
    told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"].decode()


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:9000", "localhost", "[::1]:8765", "LOCALHOST"])
def test_whoever_has_the_link_is_let_in(host):
    assert asked(hosts=(host,))[::2] == (200, "/")
    assert asked(f"/{SECRET}/students/a b/report.html")[::2] == (200, "/students/a b/report.html")


NO_SECRET = [
    *("/", "", "/page", "/x/page", f"/{SECRET}x/", f"/{SECRET[:-1]}/", f"//{SECRET}/"),
    *(f"/{SECRET.upper()}/", f"/\udc80{SECRET}/", "/\u00e9/", f"/{SECRET}%2f"),
]


@pytest.mark.parametrize("path", NO_SECRET)
def test_without_the_secret_nobody_is(path):
    status, _, body = asked(path)
    assert (status, SECRET in body) == (403, False)


def test_without_the_slash_it_leads_to_the_link():
    status, headers, _ = asked(f"/{SECRET}")
    assert (status, headers["location"]) == (308, f"/{SECRET}/")


HOSTS = ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2"]


@pytest.mark.parametrize("host", [*HOSTS, "", "evil@", "user@evil.example", "[::1", "127.0.0.1:x", "0.0.0.0"])
def test_another_name_for_this_machine_is_no_name(host):
    status = asked(hosts=(host,))[0]
    assert status == (200 if host == "127.0.0.1:x" else 421)  # the port is nobody's business


def test_one_name_must_be_said_once():
    assert asked(hosts=())[0] == 421
    assert asked(hosts=("127.0.0.1", "evil.example"))[0] == 421
    assert asked(hosts=("evil.example", "127.0.0.1"))[0] == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "X"])
def test_there_is_nothing_but_to_read(method):
    status, headers, _ = asked(method=method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_head_is_reading():
    assert asked(method="HEAD")[0] == 200


@pytest.mark.parametrize(
    ("path", "method", "host"),
    [
        (f"/{SECRET}/", "GET", "127.0.0.1"),
        (f"/{SECRET}/page", "GET", "127.0.0.1"),
        ("/", "GET", "127.0.0.1"),
        (f"/{SECRET}", "GET", "127.0.0.1"),
        (f"/{SECRET}/", "POST", "127.0.0.1"),
        (f"/{SECRET}/", "GET", "evil.example"),
    ],
)
def test_every_answer_says_what_a_browser_may_do(path, method, host):
    _, headers, _ = asked(path, method, (host,))
    own = POLICY.decode() if path.endswith("/page") else STRICTEST
    said = {
        "content-security-policy": f"{own}; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }
    assert said.items() <= headers.items()
    assert not [name for name in headers if name.startswith("access-control") or name == "set-cookie"]


def test_the_start_of_the_server_is_no_request():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(Guard(app, SECRET)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
