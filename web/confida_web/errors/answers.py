"""What is answered when something cannot be done: one table from exceptions to statuses, one page for all of them."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException

from confida_consent.indications import IndicationRefused
from confida_consent.ledger.log import LedgerBroken, NoSuchLeaf
from confida_core.accounts.api_requests import InvalidKey, KeyReused, StillRunning
from confida_core.accounts.attempts import TooManyAttempts
from confida_core.accounts.links import LinkSpent
from confida_core.contacts.text import UnstorableText
from confida_core.index.cursors import InvalidCursor
from confida_core.storage.database import Busy, StorageFull, ValueRefused, VersionConflict
from confida_core.storage.file_seal import TooLarge
from confida_core.vault.access import Forbidden, NotFound
from confida_web.errors.pages import ErrorPage, SignInFragment
from confida_web.logs import note, places_of
from confida_web.multipart import BadBody
from confida_web.page import Page, is_fragment_request, page
from confida_web.portal.pages import MessagePage
from confida_web.portal.wanted import leading_to
from confida_web.redirect import elsewhere
from confida_web.registers.reason import ReasonNeeded
from confida_web.rest.problems import Problem, as_problem, is_api, problem_answer
from confida_web.rest.resources import allowed_at
from confida_web.security.csrf import ForeignRequest
from confida_web.security.guard import NotEntered, NotFresh, NotSignedIn
from confida_web.security.limits import TooManyRequests
from confida_web.security.target import SAFE, Refused

LEDGER = (
    "The ledger cannot prove this any more: something in it was changed or is missing. What people said is still there and "
    "holds. Whoever looks after this installation finds the place with `confida ledger verify`."
)
STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (Forbidden, 404, ""),
    (NotFound, 404, ""),
    (InvalidCursor, 400, "This page of the list does not exist. Begin again at the first one."),
    (ForeignRequest, 403, "The request did not come from a page of this installation. Reload the page and try again."),
    (InvalidKey, 400, "An idempotency key is 1 to 255 printable characters of ASCII."),
    (StillRunning, 409, "The same request is being carried out at this moment."),
    (KeyReused, 422, "This idempotency key was used for another request."),
    (TooManyRequests, 429, "Too many requests. Please wait a while and try again."),
    (VersionConflict, 409, "Somebody else changed this meanwhile. Reload the page to see what changed."),
    (LinkSpent, 410, "This link has been used or is too old. Ask for a new one."),
    (TooLarge, 413, "The file is too large."),
    (IndicationRefused, 422, "This cannot be recorded. Nothing was changed."),
    (UnstorableText, 422, "The form holds a character that cannot be stored."),
    (ValueRefused, 422, "A value cannot be stored."),
    (TooManyAttempts, 429, "Too many attempts. Please wait a while and try again."),
    (LedgerBroken, 503, LEDGER),
    (NoSuchLeaf, 503, LEDGER),
    (Busy, 503, "Too much is happening at once. Please try again in a moment; nothing was changed."),
    (StorageFull, 503, "The disk is full. Nothing was changed; reading still works."),
)
SENTENCES = {
    400: "The request could not be understood.",
    401: "Please sign in first.",
    403: "",
    404: "",
    405: "This cannot be done here.",
    413: "This is too large.",
    414: "The address is too long.",
    415: "This form of data is not read here.",
    422: "Something in the form is not valid.",
    431: "The request's headers are too long.",
    500: "This is our fault. Nothing was changed by it that you would have to undo.",
}


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The response for any exception; never one that could hold what was sent."""
    if is_api(request.scope["path"]):
        return answer_program(request, as_problem(error))
    if isinstance(error, NotSignedIn):
        return ask_to_sign_in(request, "/login")
    if isinstance(error, NotEntered):
        return ask_to_enter(request)
    if isinstance(error, NotFresh):
        return ask_to_sign_in(request, "/login/fresh")
    if isinstance(error, ReasonNeeded):
        return elsewhere(error.path)
    status, detail, headers = status_of(error)
    reference = ""
    if status >= 500:
        reference = secrets.token_hex(6)
        log_failure(request, error, reference)
    return error_page(request, status, detail, headers, reference)


def answer_program(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Below /api a program asks, which reads no pages."""
    status, detail, headers = status_of(error)
    if status == 405:
        headers = {"Allow": allowed_at(request.state.crm.registry, request.scope["path"])}
    reference = ""
    if status >= 500:
        reference = secrets.token_hex(6)
        log_failure(request, error, reference)
    return problem_answer(error, status, detail, headers, reference)


def status_of(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Status, sentence, and headers that belong to it."""
    if isinstance(error, Problem):
        return error.status, error.detail, error.headers
    if isinstance(error, BadBody):
        return error.status, error.detail, {}
    if isinstance(error, Refused):
        return error.status, SENTENCES.get(error.status, ""), {}
    for kind, status, detail in STATUSES:
        if isinstance(error, kind):
            wait = getattr(error, "retry_seconds", 5)
            limits = getattr(error, "headers", {})
            return status, detail, {**limits, "Retry-After": str(wait)} if status in {429, 503} else {}
    if isinstance(error, HTTPException):
        headers = {"Allow": error.headers["allow"]} if error.headers and "allow" in error.headers else {}
        status = (
            422 if error.status_code == 400 and type(error).__name__ == "ValidationException" else error.status_code
        )
        return status, SENTENCES.get(status, ""), headers
    return 500, SENTENCES[500], {}


def error_page(
    request: Request[Any, Any, Any],
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    reference: str = "",
) -> Response[Any]:
    """Our error page; for htmx its message alone; a plain one where even that cannot be rendered."""
    try:
        response: Response[Any] = page(
            request, content_of(request, status, detail, reference), block="message", status=status
        )
    except Exception as error:
        log_failure(request, error, reference)
        response = plain_page(status, detail)
    response.headers.update(headers or {})
    return response


def content_of(request: Request[Any, Any, Any], status: int, detail: str, reference: str) -> Page:
    """Staff read what exactly was wrong; on the public side a few sentences cover it, in the reader's language."""
    if not getattr(getattr(request.state, "frame", None), "portal", False):
        return ErrorPage(status=status, detail=detail, reference=reference)
    kinds = {404: "missing", 410: "spent", 429: "many"}
    kind = kinds.get(status, "misunderstood" if status < 500 else "trouble")
    return MessagePage(kind=kind, status=status, reference=reference)


def plain_page(status: int, detail: str) -> Response[bytes]:
    text = detail or "There is nothing here."
    html = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{status}</title><h1>{status}</h1><p>{text}</p>'
    return Response(html.encode(), status_code=status, media_type=MediaType.HTML)


def ask_to_sign_in(request: Request[Any, Any, Any], address: str) -> Response[Any]:
    """To the form and back again for a page; a message in place for htmx; 401 for a change, which is not repeated."""
    if is_fragment_request(request.headers):
        return page(request, SignInFragment(), block="message", status=401)
    if request.method in SAFE or address == "/login/fresh":
        back = back_to(request)
        target = address if back == "/" else f"{address}?next={quote(back, safe='')}"
        return elsewhere(target)
    return error_page(request, 401, SENTENCES[401])


def ask_to_enter(request: Request[Any, Any, Any]) -> Response[Any]:
    """To the page that asks for the address; a form of somebody who is out answers like a link that does not work."""
    if request.method in SAFE:
        return elsewhere(leading_to("/my/", request.url.path))
    return page(request, MessagePage(kind="spent", status=404), status=404)


def back_to(request: Request[Any, Any, Any]) -> str:
    """The page to come back to: the one asked for, or the one with the form."""
    if request.method in SAFE:
        query = request.scope["query_string"].decode("latin-1")
        return request.scope["path"] + (f"?{query}" if query else "")
    own = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    referer = request.headers.get("referer", "")
    return (referer.removeprefix(own) or "/") if referer.startswith(own + "/") else "/"


def log_failure(request: Request[Any, Any, Any], error: Exception, reference: str) -> None:
    """Kind of error and where in our code; never its text, which may hold values."""
    note(
        logging.ERROR,
        "failed",
        reference=reference,
        route=request.scope.get("path_template", ""),
        method=request.scope.get("method", ""),
        kind=type(error).__name__,
        at=places_of(error.__traceback__),
    )
