"""Purposes in force: what core and plugins declare, and what an administrator keeps on the page.

A plugin's purpose is its plugin's: the page may add languages to it or retire it, never change its ground. One of the
page's own is stored version by version, and none of them is ever edited, because events name the version they rest on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from confida_consent.declarations import ConsentPurpose, Purpose, Wording
from confida_consent.purpose_rules import InvalidPurpose, declared_purposes, faults_of
from confida_consent.vocabulary import Basis
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.text import clean_line, clean_text
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.registry import Registry
from confida_core.storage.database import Row, UniqueViolation, VersionConflict
from confida_core.vault.access import Access, NotFound

# Key of consent's own plugin.
OURS = "consent"


async def all_purposes(crm: Installation) -> dict[str, Purpose]:
    """Every purpose by its key, retired ones too; one query."""
    rows = await crm.data.fetch("SELECT * FROM consent_purpose ORDER BY key, number")
    kept: dict[str, list[Row]] = {}
    for row in rows:
        kept.setdefault(row["key"], []).append(row)
    found = dict(unamended(crm.registry))
    for key in found.keys() & kept.keys():
        amendments = [row for row in kept.pop(key) if row["amends"]]
        if amendments:
            found[key] = amended(found[key].declared, found[key].origin, amendments)
    for key, versions in kept.items():
        own = [row for row in versions if not row["amends"]]
        # What only amended a declaration says nothing by itself once the plugin is gone.
        if own:
            found[key] = own_purpose(own)
    return found


@lru_cache(maxsize=8)
def unamended(registry: Registry) -> Mapping[str, Purpose]:
    """What is declared, as it is in force where no page adds anything; every contact's page asks, and it never changes."""
    return {key: amended(purpose, plugin, ()) for key, (purpose, plugin) in declared_purposes(registry).items()}


async def purpose_of(crm: Installation, key: str) -> Purpose:
    """Raises NotFound."""
    found = (await all_purposes(crm)).get(key)
    if found is None:
        raise NotFound
    return found


def amended(purpose: ConsentPurpose, plugin: str, amendments: Sequence[Row]) -> Purpose:
    """A declared purpose with the languages that the page adds to this very version of it."""
    texts: dict[str, Wording] = {}
    for row in amendments:
        if row["amends"] == purpose.version:
            texts |= texts_from(row["texts"])
    retired = bool(amendments) and amendments[-1]["retired_at"] is not None
    # Of versions before the last one we only know what the last one says about it.
    holds_from = max(1, purpose.version - 1) if purpose.compatible else purpose.version
    return Purpose(
        declared=replace(purpose, texts=texts | dict(purpose.texts)),
        origin=plugin,
        retired=retired,
        holds_from=holds_from,
    )


def own_purpose(versions: Sequence[Row]) -> Purpose:
    """One of the page's own, from all its versions."""
    newest = oldest = versions[-1]
    for row in reversed(versions):
        oldest = row
        if not row["compatible"]:
            break
    return Purpose(
        declared=purpose_from(newest),
        origin="",
        retired=newest["retired_at"] is not None,
        holds_from=oldest["number"],
        holds_since=oldest["created_at"] if oldest["number"] > 1 else None,
    )


async def purpose_versions(crm: Installation, key: str) -> list[tuple[Purpose, datetime | None]]:
    """Every version of one purpose, newest first, each with when it was written; None for a declared one.

    Raises NotFound.
    """
    current = await purpose_of(crm, key)
    if current.origin:
        return [(current, None)]
    rows = await crm.data.fetch("SELECT * FROM consent_purpose WHERE key = ? AND amends = 0 ORDER BY number", key)
    return [(own_purpose(rows[: end + 1]), rows[end]["created_at"]) for end in reversed(range(len(rows)))]


async def save_purpose(crm: Installation, access: Access, purpose: ConsentPurpose) -> Purpose:
    """Store a new purpose, or the next version of one.

    version: 1 for a new one, else the version it was written from plus one; of a plugin's purpose, its own, unchanged.
    Raises InvalidPurpose naming the fields, VersionConflict if somebody was faster, Forbidden.
    """
    access.actor.require("consents.manage")
    purpose = tidied(purpose)
    if faults := faults_of(purpose):
        raise InvalidPurpose(faults)
    current = (await all_purposes(crm)).get(purpose.key)
    if current is not None and current.origin:
        declared, _ = declared_purposes(crm.registry)[purpose.key]
        await add_row(crm, access, await amendment(crm, declared, purpose, retired=current.retired), "purpose.saved")
    else:
        if current is None and "." in purpose.key:
            raise InvalidPurpose({"key": "A dot stands in the keys of plugins only."})
        known = 0 if current is None else current.declared.version
        if purpose.version != known + 1:
            raise VersionConflict(known)
        if current is not None and asks_for_more(current.declared, purpose):
            purpose = replace(purpose, compatible=False)
        retired_at = now() if current is not None and current.retired else None
        await add_row(crm, access, {**columns_of(purpose), "retired_at": retired_at, "amends": 0}, "purpose.saved")
    return await purpose_of(crm, purpose.key)


def asks_for_more(before: ConsentPurpose, after: ConsentPurpose) -> bool:
    """Whether consents to the version before cannot hold, whatever the form says.

    Nobody who consented has thereby agreed to being told that their consent is no longer needed; and for special
    categories it has to be explicit (GDPR Art. 9(2)(a)).
    """
    return before.basis != after.basis or (after.special_category and not before.special_category)


async def retire_purpose(crm: Installation, access: Access, key: str, *, retired: bool = True) -> Purpose:
    """Ask nobody any more under this purpose, and write to nobody; or (retired=False) take it up again.

    Raises NotFound, Forbidden, InvalidPurpose for one of ours that the law asks for: without the codes and answers that
    leave for it nobody could come in, withdraw, or learn what becomes of a request.
    """
    access.actor.require("consents.manage")
    current = await purpose_of(crm, key)
    if current.retired == retired:
        return current
    if retired and current.origin == OURS and current.declared.basis == Basis.LEGAL_OBLIGATION:
        raise InvalidPurpose({"key": "The law asks for this one: it cannot be retired."})
    if current.origin:
        declared, _ = declared_purposes(crm.registry)[key]
        columns = await amendment(crm, declared, declared, retired=retired)
    else:
        following = replace(current.declared, version=current.declared.version + 1, compatible=True)
        columns = {**columns_of(following), "retired_at": now() if retired else None, "amends": 0}
    await add_row(crm, access, columns, "purpose.retired" if retired else "purpose.resumed")
    return await purpose_of(crm, key)


async def amendment(
    crm: Installation, declared: ConsentPurpose, wanted: ConsentPurpose, *, retired: bool
) -> dict[str, Any]:
    """The row that adds languages to a plugin's purpose; refuses everything else."""
    said = {language: wanted.texts.get(language) for language in declared.texts}
    same = replace(wanted, texts=declared.texts, compatible=declared.compatible) == declared
    if not same or said != dict(declared.texts):
        raise InvalidPurpose({"texts": "This purpose is declared by a plugin: only further languages can be added."})
    more = {language: wording for language, wording in wanted.texts.items() if language not in declared.texts}
    rows = await crm.data.fetch(
        "SELECT coalesce(max(number), 0) AS newest FROM consent_purpose WHERE key = ?", wanted.key
    )
    return {
        **columns_of(replace(wanted, texts=more, version=int(rows[0]["newest"]) + 1)),
        "retired_at": now() if retired else None,
        "amends": declared.version,
    }


async def add_row(crm: Installation, access: Access, columns: Mapping[str, Any], kind: str) -> None:
    row = {"id": new_id(), **columns, "created_at": now(), "created_by": access.actor.id}
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    try:
        async with crm.data.transaction():
            await crm.data.fetch(f"INSERT INTO consent_purpose ({names}) VALUES ({marks})", *row.values())
            await record_event(crm, kind, actor_id=access.actor.id, target_id=row["id"], target_kind="purpose")
    except UniqueViolation:
        raise VersionConflict(row["number"]) from None


def tidied(purpose: ConsentPurpose) -> ConsentPurpose:
    """Text as it is stored. Raises InvalidPurpose for what cannot be."""
    try:
        return replace(
            purpose,
            key=purpose.key.strip(),
            texts={
                language: Wording(
                    title=clean_line(wording.title),
                    description=clean_text(wording.description),
                    retention=clean_text(wording.retention),
                    balancing_note=clean_text(wording.balancing_note),
                )
                for language, wording in purpose.texts.items()
            },
            balancing_note=clean_text(purpose.balancing_note),
            retention=clean_text(purpose.retention),
            recipients=tuple(clean_line(name) for name in purpose.recipients),
        )
    except ValueError:
        raise InvalidPurpose({"texts": "This holds a character that cannot be stored."}) from None


def columns_of(purpose: ConsentPurpose) -> dict[str, Any]:
    texts = {
        language: {name: text for name, text in asdict(wording).items() if text}
        for language, wording in purpose.texts.items()
    }
    return {
        "key": purpose.key,
        "number": purpose.version,
        "texts": json.dumps(texts, ensure_ascii=False),
        "basis": str(purpose.basis),
        "balancing_note": purpose.balancing_note,
        "channels": json.dumps([str(channel) for channel in purpose.channels]),
        "validity": purpose.validity,
        "retention": purpose.retention,
        "recipients": json.dumps(purpose.recipients, ensure_ascii=False),
        "category": str(purpose.category),
        "dpv_purpose": purpose.dpv_purpose,
        "personal_data": json.dumps(purpose.personal_data),
        "compatible": purpose.compatible,
        "listed": purpose.listed,
        "special_category": purpose.special_category,
    }


def purpose_from(row: Row) -> ConsentPurpose:
    return ConsentPurpose(
        key=row["key"],
        version=row["number"],
        texts=texts_from(row["texts"]),
        basis=row["basis"],
        channels=tuple(json.loads(row["channels"])),
        category=row["category"],
        balancing_note=row["balancing_note"],
        validity=row["validity"],
        retention=row["retention"],
        recipients=tuple(json.loads(row["recipients"])),
        dpv_purpose=row["dpv_purpose"],
        personal_data=tuple(json.loads(row["personal_data"])),
        compatible=bool(row["compatible"]),
        listed=bool(row["listed"]),
        special_category=bool(row["special_category"]),
    )


def texts_from(text: str) -> dict[str, Wording]:
    return {language: Wording(**words) for language, words in json.loads(text).items()}
