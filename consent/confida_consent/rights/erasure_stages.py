"""The stages of an erasure. Each may be repeated, by several processes at once, and ends by writing down that it is done."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from confida_consent.erasing import erase_evidence
from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.commitments import commitment_of
from confida_consent.ledger.log import append_own, checkpoint
from confida_consent.ledger.openers import own_openings
from confida_consent.rights.certificate_text import certificate_text
from confida_consent.rights.erasure_plan import INSIDE, evidence_lapsed, recipients_of
from confida_consent.rights.erasure_rows import Found, advance, erasure_row, write
from confida_consent.rights.package import destroy_packages
from confida_consent.rights.vocabulary import ErasureStage, PackageState
from confida_core.backup.freshness import renew_keyring_copy
from confida_core.clock import now
from confida_core.contacts.erasing import erase_stores, remove_rows, sweep_traces
from confida_core.contacts.records import CONTACT
from confida_core.contacts.shared_erasing import redact_shared
from confida_core.contacts.suppressed import addresses_of
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import INTERACTION, log_interaction
from confida_core.vault.access import SYSTEM_ID, Access, Actor
from confida_core.vault.suppressions import MARKETING
from confida_core.vault.suppressions import suppress as put_on_list

DAYS_TO_TELL = 7
LONGEST_BODY = 19_000
LONGEST_LINE = 1_900


async def destroy_keys(crm: Installation, found: Found) -> None:
    """Everything that needs the keys, then their end. Afterwards nothing of the person can be opened, in no backup either."""
    contact_id: UUID = found.row["contact_id"]
    if found.content.suppress:
        await suppress_addresses(crm, contact_id)
    told = [str(recipient)[:LONGEST_LINE] for recipient in await recipients_of(crm, contact_id)]
    # None of them can be read any more if we were interrupted after the keys were destroyed.
    if told and told != found.content.recipients:
        await write(crm, found, {"recipients": told})
        return
    await redact_shared(crm, contact_id, found.content.classes)
    epoch = await crm.keyring.destroy(contact_id, found.content.classes)
    await advance(crm, found, ErasureStage.KEYS_DESTROYED, epoch=epoch)


async def suppress_addresses(crm: Installation, contact_id: UUID) -> None:
    """Every address of the contact, for all marketing; those that are on the list already stay as they are."""
    rows = await crm.records.rows(CONTACT, [contact_id])
    for opened in await crm.door.open(INSIDE, CONTACT, rows):
        for one in addresses_of(opened.content):
            await put_on_list(crm, one.channel, one.address, MARKETING)


async def remove_person(crm: Installation, found: Found) -> None:
    """Rows, links, tokens, sessions, messages, what imports and jobs know: in one transaction with the stage."""
    async with crm.data.transaction():
        rows = await remove_rows(crm, found.row["contact_id"])
        await advance(crm, found, ErasureStage.ROWS_REMOVED, rows=rows)


async def remove_files(crm: Installation, found: Found) -> None:
    """Files and whatever else plugins keep beside the tables; proof of consents, if it goes too. Raises StoreFailed."""
    contact_id: UUID = found.row["contact_id"]
    files = await erase_stores(crm, contact_id) + await end_answers(crm, contact_id)
    if found.content.evidence or await evidence_lapsed(crm, contact_id):
        await erase_evidence(crm, [contact_id])
    # A mark that somebody is restricted says nothing once there is nobody.
    await crm.orders.lift("restriction", contact_id)
    await advance(crm, found, ErasureStage.FILES_REMOVED, files=files)


async def end_answers(crm: Installation, contact_id: UUID) -> int:
    """Destroy every answer package about the person: each is a copy of everything."""
    requests = await crm.data.fetch("SELECT id FROM rights_request WHERE contact_id = ? ORDER BY id", contact_id)
    states = tuple(state for state in PackageState if state is not PackageState.EXPIRED)
    return sum([await destroy_packages(crm, row["id"], states) for row in requests])


async def sweep(crm: Installation, found: Found) -> None:
    """The index, write-ahead logs and dead rows; and the copy of the keyring, which still knows the keys."""
    await sweep_traces(crm)
    await renew_keyring_copy(crm, {})
    await advance(crm, found, ErasureStage.INDEX_CLEANED)


async def tell_recipients(crm: Installation, found: Found) -> None:
    """A task for each erasure with recipients: they have no address here, so somebody must tell them (GDPR Art. 19)."""
    await crm.keyring.ensure([crm.keyring.installation_id], INTERACTION.retention_class)
    async with crm.data.transaction():
        if found.content.recipients:
            await log_interaction(crm, _in_the_name_of(found), notice(found))
        await advance(crm, found, ErasureStage.RECIPIENTS_TOLD)


def _in_the_name_of(found: Found) -> Access:
    actor = Actor(id=found.row["started_by"], kind="system")
    return Access(actor=actor, purpose="data_subject_rights", where="erasure")


def notice(found: Found) -> InteractionDraft:
    """The task names recipients and references of what they got, and not the person, who is nobody here any more."""
    lines = [
        "Data that these recipients had got from us have been erased here. Tell each of them, so that they erase them too "
        "(GDPR Art. 19). Whose data they were stands in the file of the request, and nowhere else any more.",
        "",
        *(f"- {line}" for line in found.content.recipients),
    ]
    return InteractionDraft(
        kind="task",
        subject=f"Tell recipients of an erasure ({found.row['id'].hex[-12:]})",
        body="\n".join(lines)[:LONGEST_BODY],
        planned=True,
        due_on=(now() + timedelta(days=DAYS_TO_TELL)).date(),
        assignee_id=None if found.row["started_by"] == SYSTEM_ID else found.row["started_by"],
    )


async def finish(crm: Installation, found: Found) -> None:
    """The entry in the ledger, and the certificate that it commits to; then nothing more happens to it."""
    moment = now()
    text = certificate_text(erasure_row(found), found.content, moment)
    await crm.keyring.ensure([crm.keyring.installation_id], "evidence")
    async with crm.data.transaction():
        position = await append_own(crm, "erasure", ledger_facts(found, text))
        opening = (await own_openings(crm, position, position + 1))[position]
        if opening is None:
            raise RuntimeError("the ledger does not open what it was just given")
        note = {"certificate": text, "salt": opening.salt, "payload": opening.payload}
        await advance(crm, found, ErasureStage.DONE, note, finished_at=moment, ledger_index=position)
    await checkpoint(crm)
    await crm.data.checkpoint()


def ledger_facts(found: Found, text: str) -> dict[str, object]:
    """What the ledger commits to (LG-4). count: 0, because no entry loses its opening here; erased proof has its own entry."""
    return {
        "count": 0,
        "request": request_commitment(found).hex(),
        "classes": found.content.classes,
        "epoch": found.row["epoch"] or 0,
        "counts": {"rows": found.row["rows"], "files": found.row["files"]},
        "notice_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def request_opening(found: Found) -> bytes:
    """What the request's commitment is about: canonical JSON."""
    request_id = found.row["request_id"]
    return canonical({"erasure": found.row["id"].hex, "request": request_id.hex if request_id else "", "v": 1})


def request_commitment(found: Found) -> bytes:
    return commitment_of(found.content.request_salt, request_opening(found))
