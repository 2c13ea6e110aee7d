"""The answer to a request for access or portability: assembled from everything declared, kept as one sealed file.

A failed collector stops it: then there is no package at all, and the request says which one failed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.controller import read_controller
from confida_consent.purposes import all_purposes
from confida_consent.rights.checklist import Facts
from confida_consent.rights.collecting import CollectorFailed, left_out
from confida_consent.rights.content import PackageNote, RequestFile
from confida_consent.rights.declared import PACKAGE, REQUEST
from confida_consent.rights.package_lock import locked
from confida_consent.rights.package_periods import read_periods
from confida_consent.rights.package_writer import Decisions, PackageWriter
from confida_consent.rights.vocabulary import PackageState, RequestKind
from confida_core.accounts.signing_in import address_of
from confida_core.clock import now
from confida_core.contacts.custom_fields import custom_fields
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.sealed_files import (
    SEALED_FILE,
    ReceivedFile,
    delete_files,
    discard_files,
    receive_file,
)
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.door import Opened
from confida_core.vault.keyring import KeyDestroyed

ASSEMBLE = "consent.assemble_package"
ACCESS = system_access("answer package", "data_subject_rights")
# The archive is as large as what is kept; no upload limit applies to it.
LARGEST = 1 << 40
SUPERSEDED = (PackageState.ASSEMBLING, PackageState.FAILED, PackageState.REVIEW, PackageState.READY)


async def order_package(crm: Installation, access: Access, request_id: UUID) -> None:
    """Have the answer assembled, or assembled anew after decisions. Raises Forbidden, NotFound."""
    access.actor.require("requests.decide")
    await opened_request(crm, access, request_id)
    await enqueue(crm, ASSEMBLE, {"request_id": request_id})


async def assemble_job(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job. arguments: request_id. A request that is gone meanwhile needs no answer."""
    with suppress(NotFound):
        await assemble_package(crm, arguments["request_id"])


async def assemble_package(crm: Installation, request_id: UUID) -> UUID:
    """Collect, write, sign, enter in the ledger, seal. Returns the package's id; its state is then review or failed.

    Earlier packages of the request that were not fetched are destroyed first: never two answers. Opens everything about the
    person as the program's own work. Raises NotFound; whatever else stops it (a full disk, say) is raised after it was noted.
    """
    request = await opened_request(crm, ACCESS, request_id)
    await destroy_packages(crm, request_id, SUPERSEDED)
    package_id = new_id()
    columns = {"id": package_id, "request_id": request_id, "state": PackageState.ASSEMBLING.value, "created_at": now()}
    await crm.records.insert(PACKAGE, columns, PackageNote())
    try:
        await _write(crm, request, package_id)
    except CollectorFailed as error:
        await _failed(crm, request_id, package_id, str(error))
    except Exception as error:
        await _failed(crm, request_id, package_id, type(error).__name__)
        raise
    return package_id


async def _write(crm: Installation, request: Opened[RequestFile], package_id: UUID) -> None:
    content = request.content
    decisions = Decisions(redactions=content.redactions, left_in=content.left_in)
    facts = await facts_of(crm, request)
    writer = PackageWriter(crm, facts, request.row["contact_id"], decisions)
    file = await receive_file(crm, archive_name(facts.reference), writer.pieces(), limit=LARGEST)
    try:
        await _keep(crm, request, package_id, writer, file)
    except BaseException:
        await discard_files(crm, [file])
        raise


async def _keep(
    crm: Installation, request: Opened[RequestFile], package_id: UUID, writer: PackageWriter, file: ReceivedFile
) -> None:
    """The file's row belongs to the organisation and cannot open it: its key stands in the package alone, locked with a key of
    the person's, and ends with either."""
    if writer.proven is None:
        raise RuntimeError("the archive was not finished")
    note = PackageNote(
        file_id=file.id.hex,
        secret=await _locked(crm, request, package_id, file.content.secret),
        size=file.content.size,
        manifest_sha256=writer.proven.sha256,
        ledger_index=writer.proven.position,
        counts=dict(writer.facts.tally.counts),
        labels={key: group.label for key, group in writer.facts.tally.groups.items()},
        suggestions=writer.finder.suggestions(),
        decided=decided_hash(request),
    )
    row = {"id": file.id, "owner_id": package_id, "permission": "requests.decide", "created_at": now()}
    columns = {"id": package_id, "request_id": request.row["id"], "state": PackageState.REVIEW.value}
    async with crm.data.transaction():
        await crm.records.insert(SEALED_FILE, row, msgspec.structs.replace(file.content, secret=b""))
        await crm.records.update(PACKAGE, columns, note, seen=1)


async def _locked(crm: Installation, request: Opened[RequestFile], package_id: UUID, secret: bytes) -> bytes:
    """With a key of the person's; of somebody who was erased or never known, with one of the request's."""
    request_id, contact_id = request.row["id"], request.row["contact_id"]
    try:
        return await locked(crm, contact_id or request_id, package_id, secret)
    except KeyDestroyed:
        return await locked(crm, request_id, package_id, secret)


async def _failed(crm: Installation, request_id: UUID, package_id: UUID, fault: str) -> None:
    columns = {"id": package_id, "request_id": request_id, "state": PackageState.FAILED.value}
    await crm.records.update(PACKAGE, columns, PackageNote(faults=[fault]), seen=1)


def archive_name(reference: str) -> str:
    """Tells nothing but which request it answers."""
    return f"answer-{reference}.zip"


def decided_hash(request: Opened[RequestFile]) -> str:
    """Hash of what decides how the answer looks, whose it is above all, to see whether an archive was made with the same."""
    content = request.content
    # Who approved it changes nothing in the archive.
    withheld = [(one.category, one.ground, one.note, one.group) for one in content.withheld]
    decided = (request.row["contact_id"], content.redactions, content.left_in, withheld)
    return hashlib.sha256(msgspec.msgpack.encode(decided)).hexdigest()


async def facts_of(crm: Installation, request: Opened[RequestFile]) -> Facts:
    """What the pages tell beside the data."""
    row, language = request.row, request.row["language"] or crm.settings.language
    return Facts(
        reference=row["reference"],
        kind=row["kind"],
        language=language,
        zone=crm.settings.time_zone,
        created_at=now(),
        received_at=row["received_at"],
        address=address_of(crm),
        known=row["contact_id"] is not None,
        controller=await read_controller(crm),
        purposes=crm.registry.purposes,
        wording={key: one.declared.wording(language)[1].title for key, one in (await all_purposes(crm)).items()},
        periods=await read_periods(crm, row["contact_id"]),
        labels={one.key: one.label for one in await custom_fields(crm)},
        withheld=request.content.withheld,
        redactions=request.content.redactions,
        left_out=[(record.label, field, why) for record, field, why in left_out(crm)],
        portability_only=row["kind"] == RequestKind.PORTABILITY,
    )


async def opened_request(crm: Installation, access: Access, request_id: UUID) -> Opened[RequestFile]:
    """The file of a request, through the door. Raises Forbidden without `requests.read`, NotFound."""
    access.actor.require("requests.read")
    rows = await crm.data.fetch("SELECT * FROM rights_request WHERE id = ?", request_id)
    opened = await crm.door.open(access, REQUEST, rows)
    if not opened:
        raise NotFound("request")
    return opened[0]


async def newest_package(crm: Installation, access: Access, request_id: UUID) -> Opened[PackageNote] | None:
    """The last package of a request, whatever its state."""
    rows = await crm.data.fetch(
        "SELECT * FROM rights_package WHERE request_id = ? ORDER BY id DESC LIMIT 1", request_id
    )
    opened = await crm.door.open(access, PACKAGE, rows)
    return opened[0] if opened else None


async def destroy_packages(crm: Installation, request_id: UUID, states: tuple[PackageState, ...]) -> int:
    """End the packages of a request that are in one of these states; returns how many."""
    marks = ", ".join("?" * len(states))
    rows = await crm.data.fetch(
        f"SELECT * FROM rights_package WHERE request_id = ? AND state IN ({marks})", request_id, *states
    )
    for opened in await crm.door.open(ACCESS, PACKAGE, rows):
        await destroy(crm, opened)
    return len(rows)


async def destroy(crm: Installation, package: Opened[PackageNote]) -> None:
    """Remove the archive and its key; that there was one stays noted. Repeatable."""
    row, note = package.row, package.content
    columns = {"id": row["id"], "request_id": row["request_id"], "state": PackageState.EXPIRED.value}
    ended = msgspec.structs.replace(note, secret=b"", file_id="", suggestions=[])
    async with crm.data.transaction():
        if note.file_id:
            await delete_files(crm, [UUID(hex=note.file_id)])
        await crm.records.update(PACKAGE, columns, ended, seen=row["version"])
