"""The outermost layer: what is true of every request and every answer, whichever part of the program answers."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from litestar import Request
from litestar.exceptions import LitestarException
from litestar.types import ASGIApp

from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_web.errors.answers import answer, log_failure
from confida_web.portal.visit import is_portal, portal_frame, recognise_person
from confida_web.rest.problems import DOCUMENT, is_api
from confida_web.security.cookies import no_toast_cookie
from confida_web.security.headers import complete
from confida_web.security.target import allowed_hosts, check_target
from confida_web.security.visit import NOBODY, frame_of, recognise

# Nobody needs to be recognised for these, and health checks must answer while the database is busy.
STRANGERS_WELCOME = ("/static/", "/healthz", "/readyz", "/csp-report")


class AnswerBrokenOff(RuntimeError):
    """Something failed after the answer had begun; the details are in our own log line."""


class Envelope:
    """Checks the target, recognises the visitor, writes the read log before anything leaves, completes the headers."""

    def __init__(self, app: ASGIApp, crm: Installation) -> None:
        self.app, self.crm = app, crm
        self.hosts = allowed_hosts(crm.settings)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        # A copy: the server hands the same dictionary to every request.
        state: dict[str, Any] = dict(scope.get("state") or {})
        scope["state"] = state
        public = is_portal(scope["path"])
        frame = portal_frame(self.crm, None, scope) if public else frame_of(self.crm, None, scope)
        state.update(crm=self.crm, visitor=None, person=None, actor=NOBODY, frame=frame)
        # For handlers that must know whether somebody follows a link or a program only looks at it.
        state["bodiless"] = scope["method"] == "HEAD"
        outgoing = Outgoing(self.crm, scope, send)
        try:
            check_target(scope, self.hosts)
            if scope["method"] == "HEAD":
                # Answered like GET, without the body: monitors and link checkers ask so. In a copy, because the server
                # reads the method again when the answer ends, and misses the body of a GET.
                scope, outgoing.bodiless = {**scope, "method": "GET"}, True
            if public:
                await recognise_person(self.crm, scope)
            elif not scope["path"].startswith(STRANGERS_WELCOME) and (
                not is_api(scope["path"]) or scope["path"] == DOCUMENT
            ):
                await recognise(self.crm, scope)
            await self.app(scope, receive, outgoing.send)
        except Exception as error:
            if outgoing.started:
                log_failure(Request(scope), error, "")
                # The server writes what it catches to its log; this says nothing, and cuts the answer off.
                raise AnswerBrokenOff from None
            request: Request[Any, Any, Any] = Request(scope, receive, outgoing.send)
            await answer(request, original(error)).to_asgi_response(None, request)(scope, receive, outgoing.send)


def original(error: Exception) -> Exception:
    """Litestar believes that an answer has begun when our own `send` refused to begin it, and wraps the reason."""
    cause = error.__cause__
    return cause if type(error) is LitestarException and isinstance(cause, Exception) else error


class Outgoing:
    """Every message of one answer passes here."""

    def __init__(self, crm: Installation, scope: MutableMapping[str, Any], send: Any) -> None:
        self.crm, self.scope, self._send = crm, scope, send
        self.started = self.bodiless = False

    async def send(self, message: Any) -> None:
        await self.settle()
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = complete(message["headers"], public=is_portal(self.scope["path"]))
            # What is left of a program's quota stands in every answer to it, whichever part of us answers.
            for name, value in self.scope["state"].get("answer_headers", {}).items():
                message["headers"].append((name.lower().encode("latin-1"), value.encode("latin-1")))
            if self.scope["state"]["frame"].toast is not None and message["status"] < 300:
                cookie = no_toast_cookie().to_header(header="").strip()
                message["headers"].append((b"set-cookie", cookie.encode("latin-1")))
        elif self.bodiless and message["type"] == "http.response.body":
            message["body"] = b""
        await self._send(message)

    async def settle(self) -> None:
        """Nothing personal leaves before it is written down who reads it."""
        accesses: dict[str, Access] = self.scope["state"].get("accesses", {})
        for access in accesses.values():
            if access.seen:
                await self.crm.door.read_log.settle(access)
