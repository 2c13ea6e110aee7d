"""What a privacy officer decides about an answer before it is handed over: blackened passages, what is kept back, the release."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from confida_consent.rights.content import PackageNote, Redaction, RequestFile, Suggestion, Withheld
from confida_consent.rights.declared import PACKAGE
from confida_consent.rights.package import archive_name, decided_hash, newest_package, opened_request
from confida_consent.rights.package_lock import unlocked
from confida_consent.rights.steps import locked_request, opened_file, rewrite_file
from confida_consent.rights.vocabulary import PackageState
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.storage.file_seal import read_sealed
from confida_core.storage.sealed_files import path_of
from confida_core.vault.access import Access, Forbidden, NotFound
from confida_core.vault.door import Opened

VALID_DAYS = 14


class NotReady(Exception):
    """The package cannot be released or fetched now. reason: no_package, failed, wrong_state, undecided, outdated,
    unapproved (something is kept back that only one person decided), own (one's own decision), gone (there is no such)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The newest package of a request, for the reviewer.

    outdated: decisions were made since; it must be assembled anew. suggestions: nobody has decided about them yet.
    counts: entries by table, store or register; labels: what each of them is called. faults: collectors that failed.
    """

    package_id: UUID
    state: PackageState
    created_at: datetime
    expires_at: datetime | None
    delivered_at: datetime | None
    size: int
    manifest_sha256: str
    ledger_index: int
    counts: dict[str, int]
    labels: dict[str, str]
    faults: Sequence[str]
    suggestions: Sequence[Suggestion]
    redactions: Sequence[Redaction]
    left_in: Sequence[Redaction]
    withheld: Sequence[Withheld]
    outdated: bool


async def review_package(crm: Installation, access: Access, request_id: UUID) -> Review | None:
    """What there is to decide; None before the first assembly. Sealed data is opened. Raises Forbidden, NotFound."""
    request = await opened_request(crm, access, request_id)
    package = await newest_package(crm, access, request_id)
    if package is None:
        return None
    row, note, file = package.row, package.content, request.content
    return Review(
        package_id=row["id"],
        state=PackageState(row["state"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        delivered_at=row["delivered_at"],
        size=note.size,
        manifest_sha256=note.manifest_sha256,
        ledger_index=note.ledger_index,
        counts=note.counts,
        labels=note.labels,
        faults=note.faults,
        suggestions=note.suggestions,
        redactions=file.redactions,
        left_in=file.left_in,
        withheld=file.withheld,
        outdated=bool(note.decided) and note.decided != decided_hash(request),
    )


async def withhold(
    crm: Installation, access: Access, request_id: UUID, category: str, ground: str, *, note: str = "", group: str = ""
) -> None:
    """Keep something back, and say so in the answer (item 15); nothing is released until somebody else has approved it.

    category, ground, note: in the words the person is told. group: key of a table or store that is left out as a whole; ""
    if it only explains what was blackened. The package must be assembled anew. Raises Forbidden, NotFound, ValueError.
    """
    if not category.strip() or not ground.strip():
        raise ValueError("say what is kept back, and on which ground")
    kept = Withheld(
        category=category.strip(), ground=ground.strip(), note=note.strip(), group=group, by=access.actor.id.hex
    )
    await _change(crm, access, request_id, lambda file: msgspec.structs.replace(file, withheld=[*file.withheld, kept]))


def key_of(kept: Withheld) -> str:
    """Names one withholding by its very words, so that nobody approves others than those they read."""
    return hashlib.sha256(msgspec.msgpack.encode(kept)).hexdigest()[:32]


async def approve_withholding(crm: Installation, access: Access, request_id: UUID, key: str) -> None:
    """The second pair of eyes on what is kept back. key: `key_of` it as it was shown.

    Raises Forbidden (not for a program), NotFound, NotReady (own; gone: it has been changed, taken back or approved).
    """
    if access.actor.kind != "staff":
        raise Forbidden("requests.decide")

    def approved(file: RequestFile) -> RequestFile:
        kept = _kept(file, key)
        if kept.approved_by:
            raise NotReady("gone")
        if kept.by == access.actor.id.hex:
            raise NotReady("own")
        done = msgspec.structs.replace(kept, approved_by=access.actor.id.hex)
        return msgspec.structs.replace(file, withheld=[done if one is kept else one for one in file.withheld])

    await _change(crm, access, request_id, approved)


async def give_after_all(crm: Installation, access: Access, request_id: UUID, key: str) -> None:
    """Take a withholding back; one person is enough for it. Raises Forbidden, NotFound, NotReady (gone)."""

    def without(file: RequestFile) -> RequestFile:
        kept = _kept(file, key)
        return msgspec.structs.replace(file, withheld=[one for one in file.withheld if one is not kept])

    await _change(crm, access, request_id, without)


def _kept(file: RequestFile, key: str) -> Withheld:
    found = next((one for one in file.withheld if key_of(one) == key), None)
    if found is None:
        raise NotReady("gone")
    return found


async def decide_redactions(
    crm: Installation,
    access: Access,
    request_id: UUID,
    *,
    blacken: Sequence[Redaction] = (),
    leave: Sequence[Redaction] = (),
) -> None:
    """Replace what was decided: every passage to blacken, and every suggestion that may stay.

    A redaction without a record counts everywhere; with one, in that record (`record`: key of the group) and, if given, that
    field; one without words blackens the whole field, or leaves out the whole file. Raises Forbidden, NotFound, ValueError.
    """
    if any(not (one.words.strip() or (one.record and one.record_id)) for one in blacken):
        raise ValueError("say which words, or which field of which record")
    both = {"redactions": list(blacken), "left_in": list(leave)}
    await _change(crm, access, request_id, lambda file: msgspec.structs.replace(file, **both))


async def _change(
    crm: Installation, access: Access, request_id: UUID, change: Callable[[RequestFile], RequestFile]
) -> None:
    access.actor.require("requests.decide")
    async with crm.data.transaction():
        row = await locked_request(crm, request_id, closed=True)
        await rewrite_file(crm, row, change(await opened_file(crm, access, row)))
        await record_event(
            crm, "request.answer_changed", actor_id=access.actor.id, target_id=request_id, target_kind="request"
        )


async def release_package(crm: Installation, access: Access, request_id: UUID, *, days: int = VALID_DAYS) -> datetime:
    """Let the person fetch it, once, for so many days; returns until when. Raises Forbidden, NotFound, NotReady.

    Refused while a suggestion is undecided, while only one person wants something kept back, while decisions are newer
    than the archive, and after a failed collector.
    """
    access.actor.require("requests.decide")
    review = await review_package(crm, access, request_id)
    if review is None:
        raise NotReady("no_package")
    if review.state is PackageState.FAILED:
        raise NotReady("failed")
    if review.state is not PackageState.REVIEW:
        raise NotReady("wrong_state")
    if review.outdated:
        raise NotReady("outdated")
    if review.suggestions:
        raise NotReady("undecided")
    if not all(one.approved_by for one in review.withheld):
        raise NotReady("unapproved")
    until = now() + timedelta(days=days)
    async with crm.data.transaction():
        await _move(crm, review.package_id, PackageState.REVIEW, PackageState.READY, expires_at=until)
        await record_event(
            crm, "package.released", actor_id=access.actor.id, target_id=request_id, target_kind="request", serious=True
        )
    return until


async def reopen_package(
    crm: Installation, access: Access, request_id: UUID, reason: str, *, days: int = VALID_DAYS
) -> datetime:
    """Let it be fetched once more, for a reason that is kept; returns until when. Raises Forbidden, NotFound, NotReady."""
    access.actor.require("requests.decide")
    await opened_request(crm, access, request_id)
    package = await newest_package(crm, access, request_id)
    if package is None or package.row["state"] != PackageState.DELIVERED:
        raise NotReady("wrong_state")
    if not reason.strip():
        raise ValueError("say why it may be fetched once more")
    until, row = now() + timedelta(days=days), package.row
    note = msgspec.structs.replace(package.content, reopened=reason.strip()[:2000])
    columns = {"id": row["id"], "request_id": request_id, "state": PackageState.READY.value, "expires_at": until}
    async with crm.data.transaction():
        await crm.records.update(PACKAGE, columns, note, seen=row["version"])
        await record_event(
            crm, "package.reopened", actor_id=access.actor.id, target_id=request_id, target_kind="request", serious=True
        )
    return until


async def open_for_review(crm: Installation, access: Access, request_id: UUID) -> tuple[str, AsyncIterator[bytes]]:
    """The archive itself, for the reviewer's eyes: (file name, bytes). Counts as a read of the person. Raises as `review`."""
    access.actor.require("requests.decide")
    request = await opened_request(crm, access, request_id)
    package = await newest_package(crm, access, request_id)
    if package is None or not package.content.file_id:
        raise NotFound("package")
    if request.row["contact_id"] is not None and access.actor.kind != "system":
        access.seen.add(request.row["contact_id"])
        if not access.deferred:
            await crm.door.read_log.settle(access)
    return archive_name(request.row["reference"]), await stream_of(crm, package)


async def stream_of(crm: Installation, package: Opened[PackageNote]) -> AsyncIterator[bytes]:
    """The archive's bytes. Raises NotFound once the person was erased."""
    file_id = UUID(hex=package.content.file_id)
    secret = await unlocked(crm, package.row["id"], package.content.secret)
    return read_sealed(path_of(crm, file_id), file_id, secret)


async def _move(
    crm: Installation, package_id: UUID, before: PackageState, after: PackageState, **columns: datetime
) -> None:
    """From one state to another, if it is still in the first. Raises NotReady."""
    assignments = "".join(f", {name} = ?" for name in columns)
    moved = await crm.data.fetch(
        f"UPDATE rights_package SET state = ?{assignments} WHERE id = ? AND state = ? RETURNING id",
        after, *columns.values(), package_id, before,
    )  # fmt: skip
    if not moved:
        raise NotReady("wrong_state")
