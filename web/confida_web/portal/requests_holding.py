"""Who stands before the page of a request: by its secret address, by a code just typed, or by a session of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import Cookie

from confida_consent.rights.requests_references import reference_in
from confida_consent.rights.requests_status import RequestStatus, own_status, status_of
from confida_consent.rights.steps import request_row
from confida_consent.rights.vocabulary import OPEN
from confida_consent.tokens import LIFE, find_token
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Actor
from confida_web.portal.showing import person_or_none
from confida_web.security.cookies import read_cookie

PATH = "/my/requests"
ASKED, PROOF = "__Host-my-asked", "__Host-my-proof"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """A request, and what whoever asks for its page may do with it.

    at: address of the page. own: the row that the address names; row: the one it was merged into, or the same.
    proved_at: when a code was typed in this browser. session: of the very person whose request it is.
    """

    at: str
    status: RequestStatus
    own: Row
    row: Row
    proved_at: datetime | None = None
    session: bool = False

    @property
    def proven(self) -> bool:
        """Whether whoever reads this is the person; letters and plans are shown to nobody else."""
        return self.session or self.proved_at is not None

    @property
    def open(self) -> bool:
        return self.row["closed_at"] is None and self.row["state"] in OPEN

    @property
    def trusted(self) -> bool:
        """The person, and nobody has to look at a mandate first."""
        return self.proven and self.status.verified


async def holding_of(request: Request[Any, Any, Any], token: str) -> Holding | None:
    """What an address leads to; None for every one that does not work, whatever the reason.

    token: the secret of a status link, or, for somebody who is in, the reference of a request of theirs. If it is proved
    who reads, the request is theirs from now on. Opens nothing.
    """
    crm, person = request.state.crm, person_or_none(request)
    status = await status_of(crm, token)
    if status is None and person is not None and person.session_id is not None and (typed := reference_in(token)):
        status = await own_status(crm, person.id, typed)
    if status is None:
        return None
    own = (await crm.data.fetch("SELECT * FROM rights_request WHERE reference = ?", status.reference))[0]
    if not status.known or status.request_id is None:
        return Holding(at=f"{PATH}/{token}", status=status, own=own, row=own)
    row = own if own["id"] == status.request_id else await request_row(crm, status.request_id)
    mine = person is not None and person.session_id is not None and person.id == row["contact_id"]
    proved_at = await _proved_at(crm, request, row["id"])
    if (mine or proved_at is not None) and row["contact_id"] is not None:
        request.state.actor = Actor(id=row["contact_id"], kind="subject")
    return Holding(at=f"{PATH}/{token}", status=status, own=own, row=row, proved_at=proved_at, session=mine)


async def _proved_at(crm: Installation, request: Request[Any, Any, Any], request_id: UUID) -> datetime | None:
    secret = read_cookie(request.scope["headers"], PROOF)
    grant = await find_token(crm, secret, "proof") if secret else None
    return grant.created_at if grant is not None and grant.subject_id == request_id else None


def asked_cookie(handle: str) -> Cookie:
    return _cookie(ASKED, handle, LIFE["identity"].total_seconds())


def proof_cookie(secret: str) -> Cookie:
    return _cookie(PROOF, secret, LIFE["proof"].total_seconds())


def no_asked_cookie() -> Cookie:
    return _cookie(ASKED, "", 0)


def _cookie(name: str, value: str, seconds: float) -> Cookie:
    return Cookie(key=name, value=value, path="/", secure=True, httponly=True, samesite="strict", max_age=int(seconds))
