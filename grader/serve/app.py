"""What is answered: the live page, its events, the page of the class so far, and files of the run.

Whoever gets here was let in (`guard`). Everything is read in threads, so that a
slow disk holds up nobody, and sent in pieces.
"""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from grader.errors import OutputError
from grader.serve import files, page
from grader.serve.guard import STRICTEST, App, Guard
from grader.serve.telling import Herald

_AGAIN_SECONDS = 0.5
"""Between two looks at the folder: soon enough for who watches, and mostly it is the times of a few files."""

_SOON_SECONDS = 0.02
"""The same while a look has left something to read: others are to have their turn."""

_COME_AGAIN_MS = 2000
"""When a browser that lost its connection tries again."""


class Bell:
    """Rung when there is something new; heard by all who wait."""

    def __init__(self) -> None:
        self.is_over = False
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """What to wait for; ask for it before looking whether there is something new."""
        return self._next

    def ring(self) -> None:
        """Wake all who wait."""
        self._next.set()
        self._next = asyncio.Event()

    def end(self) -> None:
        """There will be nothing new any more; everybody goes."""
        self.is_over = True
        self.ring()


async def watch(herald: Herald, bell: Bell) -> None:
    """Look at the folder again and again, and ring where something is new."""
    while not bell.is_over:
        took = -asyncio.get_running_loop().time()
        if await asyncio.to_thread(herald.look):
            bell.ring()
        took += asyncio.get_running_loop().time()
        # One that takes long, as of a very large class, leaves half of the time to others.
        await asyncio.sleep(_SOON_SECONDS if herald.lookout.left else max(_AGAIN_SECONDS, took))


def application(herald: Herald, secret: str, bell: Bell) -> App:
    """The application, with the guard before it."""
    # No pages about itself, which would fetch scripts from elsewhere, and no ways to an address but its own.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    @app.api_route("/", methods=["GET", "HEAD"])
    async def live() -> Response:
        content = await asyncio.to_thread(page.live_page, herald)
        return _html(content, page.policy())

    @app.get("/events", response_class=EventSourceResponse)
    async def events(request: Request, after: str = "") -> AsyncIterator[ServerSentEvent]:
        # Where the browser came again by itself it says what it has seen; else the page does.
        seen = request.headers.get("last-event-id") or after
        yield ServerSentEvent(retry=_COME_AGAIN_MS, comment="grader")
        while not bell.is_over:
            next_ring = bell.next()
            new = await asyncio.to_thread(herald.update, seen)
            if new is not None:
                seen = new.id
                yield ServerSentEvent(event="whole" if new.is_whole else "some", id=new.id, raw_data=new.data)
            await next_ring.wait()
        yield ServerSentEvent(event="over", raw_data="{}")

    @app.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def file(path: str, request: Request) -> Response:
        if path == "class.html" and (so_far := await asyncio.to_thread(_class_so_far, herald)) is not None:
            return _html(so_far, files.policy_of(so_far))
        found = await asyncio.to_thread(files.opened, herald.lookout.folder, path)
        if found is None:
            return PlainTextResponse("There is no such page here.\n", status_code=404)
        return _file(found, is_asked_for_head=request.method == "HEAD")

    return Guard(app, secret)


def _class_so_far(herald: Herald) -> bytes | None:
    try:
        return herald.class_so_far()
    except OutputError:  # it is being written to: what is there as a file is shown
        return None


def _html(content: bytes, policy: str) -> Response:
    headers = {"content-security-policy": policy or STRICTEST}
    return Response(content, media_type="text/html", headers=headers)


def _file(found: files.Served, *, is_asked_for_head: bool) -> Response:
    headers = {
        "content-security-policy": found.policy or STRICTEST,
        "content-type": found.media,
        "content-length": str(found.size),
    }
    if found.keep_as:
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(found.keep_as)}"
    if is_asked_for_head:
        found.file.close()
        return Response(headers=headers)
    return StreamingResponse(found.pieces(), headers=headers)
