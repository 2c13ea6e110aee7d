"""What the API answers when something cannot be done: RFC 9457, one kind of problem for each reason, never a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec
from litestar import Response
from msgspec import UNSET, Struct, UnsetType

from confida_core.contacts.validation import InvalidContent
from confida_core.storage.database import VersionConflict

ROOT = "/api/v1"
DOCS = f"{ROOT}/docs"
DOCUMENT = f"{ROOT}/openapi.json"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """status, title: as answered. meaning: what it says to whoever writes a program, for the documentation."""

    status: int
    title: str
    meaning: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "The request cannot be understood", "Something about the request itself is wrong."),
    "invalid-parameter": Kind(400, "A parameter is not valid", "`errors` names each parameter and what is wrong."),
    "invalid-filter": Kind(400, "The filter is not valid", "`errors` gives the place within the filter."),
    "invalid-cursor": Kind(
        400, "There is no such page", "The cursor was not made for this list; begin at the first page."
    ),
    "invalid-json": Kind(400, "The body is not JSON", "The body must be one JSON object in UTF-8."),
    "unauthorised": Kind(401, "A token is needed", "No token was sent, or it is unknown, has ended or was taken back."),
    "forbidden": Kind(403, "This is not allowed", "The request did not come from where it must come from."),
    "not-found": Kind(
        404, "There is nothing here", "It does not exist, or the token may not see it; which of the two is not told."
    ),
    "method-not-allowed": Kind(405, "This cannot be done here", "The header `Allow` lists what can be done."),
    "conflict": Kind(
        409, "This contradicts something done before", "The same thing was asked for in another way before."
    ),
    "gone": Kind(410, "This has been used", "It could be used once, or has ended."),
    "changed-meanwhile": Kind(
        412, "It was changed meanwhile", "The ETag in `If-Match` is not the present one: read it again, then decide."
    ),
    "too-large": Kind(413, "The body is too large", "A body has at most 1,000,000 bytes."),
    "address-too-long": Kind(414, "The address is too long", "Shorten the filter, or the words searched for."),
    "unsupported-media-type": Kind(
        415, "This kind of body is not read", "Bodies are application/json, changes application/merge-patch+json."
    ),
    "invalid-content": Kind(422, "The content is not valid", "`errors` names each member and the rule it breaks."),
    "precondition-required": Kind(
        428, "Say which version you mean", "A change needs `If-Match` with the ETag of what you have read."
    ),
    "too-many-requests": Kind(429, "Too many requests", "Wait as many seconds as `Retry-After` says."),
    "headers-too-long": Kind(431, "The headers are too long", "Send fewer or shorter headers."),
    "our-fault": Kind(500, "This is our fault", "The reference leads whoever runs this installation to the log."),
    "busy": Kind(503, "Not now", "Nothing was changed; try again after as many seconds as `Retry-After` says."),
}
BY_STATUS: Mapping[int, str] = {
    kind.status: key
    for key, kind in KINDS.items()
    if key not in {"invalid-parameter", "invalid-filter", "invalid-cursor", "invalid-json"}
}
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")


class Fault(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong. pointer: JSON Pointer into the body (RFC 6901, as a URI fragment).

    parameter: of the query; place: within it, such as `all[2].value` of a filter.
    """

    detail: str
    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET
    place: str | UnsetType = UNSET


class ProblemBody(Struct, frozen=True, omit_defaults=True):
    """As it is sent. type: address of its explanation. reference: of our log, for faults of ours."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: Sequence[Fault] = ()
    reference: str = ""


class Problem(Exception):
    """Something the API refuses. key: one of KINDS; the text never repeats what was sent, but for names of members."""

    def __init__(
        self, key: str, detail: str = "", errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(key)
        self.key, self.detail, self.errors, self.headers = key, detail, tuple(errors), dict(headers or {})
        self.status = KINDS[key].status


def is_api(path: str) -> bool:
    """Whether a program asks; the page of documentation below it is for people."""
    return (path == "/api" or path.startswith("/api/")) and path != DOCS


def as_problem(error: Exception) -> Exception:
    """Errors that mean something else to a program than to a page, as the problem they are; others as they came."""
    if isinstance(error, InvalidContent):
        return invalid_content(error.errors)
    if isinstance(error, VersionConflict):
        return Problem("changed-meanwhile")
    return error


def invalid_content(errors: Mapping[str, str]) -> Problem:
    """errors: path ("emails[0].address") -> what is wrong with it."""
    return Problem(
        "invalid-content", errors=[Fault(detail=text, pointer=pointer_of(path)) for path, text in errors.items()]
    )


def pointer_of(path: str) -> str:
    """`emails[0].address` -> `#/emails/0/address`."""
    return "#" + "".join(step_of(number or name) for number, name in _STEP.findall(path))


def step_of(name: str) -> str:
    """One step of a pointer, from a name that may hold anything."""
    return "/" + quote(name.replace("~", "~0").replace("/", "~1"), safe="")


def key_of(error: Exception, status: int) -> str:
    if isinstance(error, Problem):
        return error.key
    if type(error).__name__ == "InvalidCursor":
        return "invalid-cursor"
    return BY_STATUS.get(status, "our-fault" if status >= 500 else "bad-request")


def problem_answer(
    error: Exception, status: int, detail: str, headers: Mapping[str, str], reference: str
) -> Response[bytes]:
    """The answer to a program, whatever went wrong."""
    key = key_of(error, status)
    body = ProblemBody(
        type=f"{DOCS}#problem-{key}",
        title=KINDS[key].title,
        status=status,
        detail=detail,
        errors=error.errors if isinstance(error, Problem) else (),
        reference=reference,
    )
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers))
