"""The door: asks for the access code, keeps strangers out, and forbids foreign requests."""

from __future__ import annotations

import asyncio
from http.cookies import CookieError, SimpleCookie
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlencode

import jinja2
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from classroom.codes import IN_ADDRESS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from classroom.access import Door

COOKIE = "loanlab_classroom"
ENTRANCE = "/enter"
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'; "
    "form-action 'self'; base-uri 'self'; object-src 'none'"
)
"""Nothing is asked of another machine, and no other page may hold this one in a frame."""
_HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}  # fmt: skip
_LONGEST_FORM = 2_000  # bytes
_PAUSE_SECONDS = 1.0
_MOST_WAITING = 20
_TOO_MANY = "Too many wrong codes. Wait a minute. 错误的访问码太多，请稍候一分钟。"


class Doorkeeper:
    """Middleware before all pages, static files and sockets."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door
        self._waiting = 0
        self._one_at_a_time = asyncio.Lock()
        text = resources.files("classroom.pages").joinpath("door.html.jinja").read_text("utf-8")
        self._form = jinja2.Environment(autoescape=True).from_string(text)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with the form."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif self.door.admits(_token(scope)):
            inside: ASGIApp = self.app
            if scope["path"] == ENTRANCE and scope["type"] == "http":
                inside = RedirectResponse(f"/?{_lesson(Request(scope))}", 303)
            await inside(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer = await self._asked(Request(scope, receive))
            await answer(scope, receive, _with_headers(send))

    async def _asked(self, request: Request) -> Response:
        """The form, or what comes of it."""
        lesson = _lesson(request)
        if request.url.path != ENTRANCE:
            return RedirectResponse(f"{ENTRANCE}?{lesson}", status_code=303)
        if request.method != "POST":
            return HTMLResponse(self._form.render(wrong=False, lesson=lesson))
        typed = await _typed(request)
        if self._waiting >= _MOST_WAITING:
            return PlainTextResponse(_TOO_MANY, status_code=429)
        if not await self.opened(typed):
            return HTMLResponse(self._form.render(wrong=True, lesson=lesson), status_code=403)
        answer = RedirectResponse(f"/?{lesson}", status_code=303)
        answer.set_cookie(COOKIE, self.door.token, httponly=True, samesite="strict")
        return answer

    async def opened(self, typed: str) -> bool:
        """Is it the code? One is looked at after the other, and the next a second after a wrong
        one, so that nobody tries them all.
        """
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                right = self.door.opens(typed)
                if not right:
                    await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            self._waiting -= 1
        return right


def _token(scope: Scope) -> str | None:
    """The token in a request's cookie."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookie = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                return None
            return cookie[COOKIE].value if COOKIE in cookie else None
    return None


def _lesson(request: Request) -> str:
    """What the address says of a lesson, so that a code that was handed round opens it inside."""
    asked = parse_qsl(request.url.query)
    return urlencode([(key, value) for key, value in asked if key in IN_ADDRESS])


async def _typed(request: Request) -> str:
    """The code in a form; empty where the form is too long or has none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("code", [""])[0]


def _with_headers(send: Send) -> Send:
    """Add the headers that protect a page."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent
