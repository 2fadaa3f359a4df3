"""The server as it runs: what is answered, events as they happen, and an end that is quick."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from grader.report.examples import EXAMPLES
from grader.serve import server as server_module
from grader.serve.telling import Herald
from grader.verdicts import Verdict
from tests.grader.serve.a_run import GRADER, ARun, Server, exercise

SAID = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with one student who is done, and a course's secrets beside it."""
    with ARun(tmp_path_factory.mktemp("served") / "reports") as run:
        run.done("<b>ada", exercise("softmax", Verdict.WRONG_ANSWER, EXAMPLES["values-differ"]))
        run.says()
        (run.folder / "grades.csv").write_text("student,total\n")
        (run.folder / "run.json").write_bytes(b"x" * 200_000)
        (run.folder / "overrides.csv").write_text("of the staff")
        (run.folder.parent / "secret.txt").write_text("outside")
        yield run


@pytest.fixture(scope="module")
def server(run):
    with Server(run.folder) as server:
        yield server
        assert server.end()[::2] == (0, "")


def test_the_live_page_has_all_that_is_known(server):
    status, headers, body = server.ask()
    assert (status, SAID.items() <= headers.items()) == (200, True)
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert "unsafe-inline'; connect" in headers["content-security-policy"]  # of styles, never of scripts
    assert "server" not in headers
    assert b"\\u003cb\\u003eada" in body
    assert b"<b>ada" not in body


def test_files_of_the_run_are_read_in_full(server):
    status, headers, body = server.ask("run.json")
    assert (status, headers["content-type"], body) == (200, "application/json", b"x" * 200_000)
    status, headers, body = server.ask("run.json", "HEAD")
    assert (status, headers["content-length"], body) == (200, "200000", b"")
    _, headers, _ = server.ask("grades.csv")
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''grades.csv"
    assert SAID.items() <= headers.items()


def test_a_students_page_may_do_what_it_says_itself(server):
    (name,) = (path.name for path in (server.folder / "students").iterdir())
    status, headers, body = server.ask(f"students/{name}/report.html".replace("<", "%3C"))
    assert (status, b"<title>" in body) == (200, True)
    assert "script-src 'sha256-" in headers["content-security-policy"]
    assert headers["content-security-policy"].endswith("; frame-ancestors 'none'")


def test_the_page_of_the_class_is_that_of_those_who_are_done(server):
    status, headers, body = server.ask("class.html")
    assert (status, "script-src 'sha256-" in headers["content-security-policy"]) == (200, True)
    assert b"The class so far, with 1 of 4 students" in body


@pytest.mark.parametrize(
    "path",
    [
        "journal.sqlite",
        "journal.sqlite-wal",
        "journal.lock",
        "progress.json",
        "overrides.csv",
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "students/..%2f..%2fsecret.txt",
        "students/%2e%2e/run.json",
        "students/%2e%2e/%2e%2e/secret.txt",
        "students/x%00/report.html",
        "./run.json",
        "run.json/",
        "%ff/run.json",
        "docs",
        "openapi.json",
        "redoc",
    ],
)
def test_nothing_else_is_answered(server, path):
    status, headers, body = server.ask(path)
    assert (status, body) == (404, b"There is no such page here.\n")
    assert SAID.items() <= headers.items()
    assert server.ask(server.root + "/" + path)[0] == server.ask(path + "%0a")[0] == 404


@pytest.mark.parametrize("path", ["/", "/class.html", "/events", "/x" * 3000, "/" + "a" * 22 + "/"])
def test_without_the_link_there_is_nothing(server, path):
    status, _, body = server.ask(path)
    assert (status, b"Open the link" in body) == (403, True)


def test_a_page_from_elsewhere_gets_nothing_whatever_it_knows(server):
    assert server.ask(host="rebound.example")[0] == 421
    assert server.ask(method="POST", content_length="0")[0] == 405
    assert server.ask("events", "OPTIONS", origin="http://rebound.example")[0] == 405
    _, headers, _ = server.ask(origin="http://rebound.example")
    assert not [name for name in headers if name.startswith("access-control")]


def test_what_is_no_request_does_no_harm(server):
    for rubbish in (
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET " + b"a" * 99_999,
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            raw.sendall(rubbish)
            raw.shutdown(socket.SHUT_WR)
            raw.recv(1000)
    assert server.ask()[0] == 200


def test_it_listens_on_the_loopback_only(server):
    with open("/proc/net/tcp") as table, open("/proc/net/tcp6") as other:
        lines = [*table, *other]
    places = [words[1] for words in map(str.split, lines) if words[3] == "0A"]
    port = f"{server.port:04X}"
    assert [place for place in places if place.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_events_come_as_it_happens_and_only_what_is_new(tmp_path):
    with Server(tmp_path / "reports") as server:  # before there is anything
        events = server.events()
        assert events.answer.getheader("content-type").startswith("text/event-stream")
        assert events.answer.getheader("cache-control") == "no-store"
        kind, _, data, _ = events.next()
        assert (kind, data["phase"], data["rows"]) == ("whole", "nothing", [])
        with ARun(tmp_path / "reports") as run:
            run.says(students=3)
            kind, *_ = events.until(lambda data: data.get("phase") == "grading")
            assert kind == "whole"
            for name in ("ada", "bob"):
                run.done(name, exercise("softmax"))
                kind, id_, data, size = events.until(lambda data: data["rows"])
                assert (kind, [row[1] for row in data["rows"]]) == ("some", [name])
                assert size < 700
            again = server.events(last_event_id=id_)
            run.done("cem", exercise("softmax"))
            assert [row[1] for row in again.until(lambda data: data["rows"])[2]["rows"]] == ["cem"]
            assert [row[1] for row in server.events(f"events?after={id_}").next()[2]["rows"]] == ["cem"]
            run.end()
        kind, _, data, _ = events.until(lambda data: data.get("phase") == "finished")
        assert kind == "some"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_at_once_though_pages_are_open(tmp_path, how):
    with Server(tmp_path) as server:
        streams = [server.events() for _ in range(3)]
        for stream in streams:
            stream.next()
        code, seconds, said = server.end(how)
        assert (code, said) == (0, "")
        assert seconds < 5
        assert streams[0].until(lambda data: data == {})[0] == "over"  # a page knows that it was no accident


def test_whoever_only_connects_does_not_hold_it_up(tmp_path):
    with Server(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n")
        code, seconds, _ = server.end()
        assert (code, seconds < 6) == (0, True)


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        asked = [GRADER, "serve", tmp_path, "--port", str(port)]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"grader: Port {port} is in use; name another one with --port, or 0 for any.\n"


def test_it_writes_nothing_and_loads_nothing_heavy(tmp_path):
    with ARun(tmp_path) as run:
        run.done("ada", exercise("softmax"))
        run.end()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with Server(tmp_path) as server:
        server.events().until(lambda data: data["rows"])
        server.ask("class.html")
        with open(f"/proc/{server.process.pid}/maps") as maps:
            assert "torch" not in maps.read()
        assert server.end()[0] == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_browser_is_shown_the_link_by_a_page_that_nobody_else_can_read(tmp_path):
    # The browser notes what it was given, who may read that, and what it says.
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport os, sys, urllib.parse\n"
        "path = urllib.parse.urlsplit(sys.argv[1]).path\n"
        f"open({str(tmp_path / 'seen')!r}, 'w').write(\n"
        "    sys.argv[1] + '\\n' + oct(os.stat(os.path.dirname(path)).st_mode) + '\\n' + open(path).read())\n"
    )
    browser.chmod(0o755)
    os.environ["BROWSER"] = str(browser)
    try:
        with Server(tmp_path / "reports", "--open") as server:
            end = time.monotonic() + 10
            while not (tmp_path / "seen").exists() and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(0.2)
            address, mode, page = (tmp_path / "seen").read_text().splitlines()
            assert server.root not in address
            assert (mode, server.link in page) == ("0o40700", True)
            assert server.end()[0] == 0
        assert not os.path.exists(address.removeprefix("file://"))
    finally:
        del os.environ["BROWSER"]


def test_pages_that_nobody_brings_up_to_date_are_served_no_longer(tmp_path, monkeypatch):
    def broken(herald):
        raise RuntimeError("this look failed")

    monkeypatch.setattr(Herald, "look", broken)
    said = []
    with pytest.raises(RuntimeError, match="this look failed"):
        server_module.serve(tmp_path, 0, said.append)
    assert len(said) == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
