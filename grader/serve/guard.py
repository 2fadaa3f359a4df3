"""Who is let in, and what every answer says to the browser.

Only somebody who knows the secret in the link, with a browser that asked for
this machine by its own name, and only to read. The secret is a part of the path
and not a cookie: browsers give a host's cookies to all of its ports, and on a
shared machine another port is another person.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HOSTS = ("127.0.0.1", "localhost", "::1")
"""How a browser on this machine, or at the end of a tunnel to it, asks for it. Any port, because a tunnel may
begin at another one; a page of somebody else's whose name is made to lead here has another name."""

STRICTEST = "default-src 'none'; base-uri 'none'; form-action 'none'"
"""The policy of what is no page of ours."""

_SAID = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""Said with every answer: nothing is guessed, framed, embedded, kept, or told to others."""

_ASK = b"Open the link that `grader serve` printed in its terminal: it has a secret in it.\n"


class Guard:
    """Stands before the application.

    Args:
        app: The application, which sees paths without the secret.
        secret: What must stand first in the path.
    """

    def __init__(self, app: App, secret: str) -> None:
        self._app = app
        self._secret = secret.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or not."""
        if scope["type"] != "http":  # the start and the end of the server
            await self._app(scope, receive, send)
            return

        async def saying(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_said(message.get("headers", []))
            await send(message)

        if not _is_ours(scope):
            await _answer(saying, 421, b"This server answers for 127.0.0.1 and localhost only.\n")
        elif scope["method"] not in ("GET", "HEAD"):
            await _answer(saying, 405, b"There is nothing here but to read.\n", (b"allow", b"GET, HEAD"))
        elif not self._is_known(parts := str(scope["path"]).split("/", 2)):
            await _answer(saying, 403, _ASK)
        elif len(parts) == 2:  # without the slash links would lead past the secret
            await _answer(saying, 308, b"", (b"location", b"/" + self._secret + b"/"))
        else:
            path = "/" + parts[2]
            inside = {**scope, "path": path, "raw_path": path.encode("utf-8", "surrogateescape")}
            await self._app(inside, receive, saying)

    def _is_known(self, parts: list[str]) -> bool:
        """Whether a path begins with the secret."""
        return len(parts) > 1 and secrets.compare_digest(
            parts[1].encode("utf-8", "surrogatepass"), self._secret
        )


def _is_ours(scope: Scope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1:
        return False
    try:
        return urlsplit(b"//" + hosts[0]).hostname in [host.encode("ascii") for host in _HOSTS]
    except ValueError:
        return False


def _with_said(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers, with those of every answer in the place of others of that name."""
    said = {name.encode("ascii"): value.encode("ascii") for name, value in _SAID.items()}
    kept = [(name, value) for name, value in headers if name.lower() not in said]
    policies = [value for name, value in kept if name.lower() == b"content-security-policy"]
    policy = (policies or [STRICTEST.encode("ascii")])[0] + b"; frame-ancestors 'none'"
    others = [(name, value) for name, value in kept if name.lower() != b"content-security-policy"]
    return [*others, *said.items(), (b"content-security-policy", policy)]


async def _answer(send: Send, status: int, told: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = str(len(told)).encode("ascii")
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": told})
