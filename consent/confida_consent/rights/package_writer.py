"""Writes the whole answer as a stream: each part is turned into pages and JSON as it comes, and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from confida_consent.ledger import verify
from confida_consent.ledger.log import verifier_key
from confida_consent.rights.checklist import Facts
from confida_consent.rights.collecting import OPENING, collect
from confida_consent.rights.content import Redaction
from confida_consent.rights.package_archive import Archive, safe_name
from confida_consent.rights.package_html import STYLE_SHEET
from confida_consent.rights.package_pages import Leaf, answer_page, group_page, summary_page
from confida_consent.rights.package_proof import Proven, manifest_of, prove
from confida_consent.rights.package_readme import readme
from confida_consent.rights.package_words import Voice
from confida_consent.rights.parts import CollectorFailed, Group, Item, Part
from confida_consent.rights.portability import Portable, is_portable, plain_json
from confida_consent.rights.redaction import Blackener, Finder, known_names, own_words
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.vault.access import Access

SHARERS = (
    "SELECT DISTINCT o.subject_id FROM shared_key m JOIN shared_key o ON o.record_id = m.record_id "
    "WHERE m.subject_id = ? AND o.subject_id <> ? ORDER BY o.subject_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What the reviewer decided before: blackened, and looked at and left."""

    redactions: Sequence[Redaction] = ()
    left_in: Sequence[Redaction] = ()


class PackageWriter:
    """One answer about one contact, or about nobody we know. After `pieces` has ended: `proven`, `finder`, `facts.tally`."""

    def __init__(self, crm: Installation, facts: Facts, contact_id: UUID | None, decisions: Decisions) -> None:
        self.crm, self.facts, self.contact_id = crm, facts, contact_id
        self.voice = Voice(facts.language, facts.zone, facts.labels)
        self.blackener = Blackener(decisions.redactions)
        self.finder = Finder(set(), [*decisions.redactions, *decisions.left_in])
        self.archive, self.portable = Archive(facts.created_at), Portable()
        self.proven: Proven | None = None
        self._files = 0
        self._kept_back = {one.group for one in facts.withheld if one.group}

    async def pieces(self, access: Access = OPENING) -> AsyncIterator[bytes]:
        """The bytes of the archive. Raises CollectorFailed and LedgerBroken; then what came before is no answer."""
        # Of somebody we do not know nothing is found, and the answer tells where that was searched.
        contact_id = self.contact_id or new_id()
        await self._prepare(contact_id)
        async for part in collect(self.crm, access, contact_id):
            async for piece in self._part(part):
                yield piece
        for path, content in self._last_files():
            self.archive.add(path, content)
        self.archive.add("verifier.key", f"{await verifier_key(self.crm)}\n".encode())
        manifest = manifest_of(self.facts.reference, self.facts.created_at, self.archive.entries)
        self.proven = await prove(self.crm, self.facts.reference, manifest)
        for path, content in (
            ("manifest.json", self.proven.manifest),
            ("manifest.note", self.proven.note),
            ("manifest.tlog-proof", self.proven.proof),
        ):
            self.archive.add(path, content, listed=False)
        yield self.archive.finished()

    async def _prepare(self, contact_id: UUID) -> None:
        """Learn the person's own names, which are not somebody else's."""
        await self.crm.index.catch_up(ContactSource(self.crm))
        rows = await self.crm.data.fetch("SELECT * FROM contact WHERE id = ?", contact_id)
        for opened in await self.crm.door.open(OPENING, CONTACT, rows):
            self.finder.own |= own_words(opened.content)
        await self._meet(contact_id)

    async def _part(self, part: Part) -> AsyncIterator[bytes]:
        tally, group = self.facts.tally, part.group
        tally.groups[group.key] = group
        tally.unreadable[group.key] += part.unreadable
        if not part.items:
            return
        if group.key in self._kept_back:
            tally.kept_back[group.key] += len(part.items)
            return
        await self._look(group, part.items)
        items = await asyncio.to_thread(self._blackened, part)
        number = 1 + len(tally.pages.get(group.key, ()))
        if is_portable(group, self.facts):
            for path, content in self.portable.files_of(group, items, number):
                self.archive.add(path, content)
        paths = []
        for item in items:
            tally.add(group, item, self.facts.periods)
            paths.append(self._path_of(group, item))
        if not self.facts.portability_only:
            async for piece in self._written(group, items, paths, number):
                yield piece
        yield self.archive.drained()

    def _blackened(self, part: Part) -> list[Item]:
        return [self.blackener.applied(part.group, item) for item in part.items]

    async def _written(
        self, group: Group, items: Sequence[Item], paths: Sequence[str], number: int
    ) -> AsyncIterator[bytes]:
        """The files of a part, its page and its JSON."""
        for item, path in zip(items, paths, strict=True):
            if item.read is not None:
                self.facts.tally.files += 1
                async for piece in self.archive.add_stream(path, item.media_type, read_whole(group, item.read())):
                    yield piece
        if group.folder == "receipts":
            return
        stem = f"data/{safe_name(group.key)}-{number:04}"
        # In a thread, because whoever else is served by this process must not wait for a page of hundreds of entries.
        await asyncio.to_thread(self._add_pages, stem, Leaf(group, number, items, paths))
        self.facts.tally.pages.setdefault(group.key, []).append(f"{stem}.html")

    def _add_pages(self, stem: str, leaf: Leaf) -> None:
        body = [json_of(item, path) for item, path in zip(leaf.items, leaf.paths, strict=True)]
        shown = {"group": leaf.group.key, "label": leaf.group.label, "entries": body}
        self.archive.add(f"{stem}.json", plain_json(shown))
        self.archive.add(f"{stem}.html", group_page(self.facts, self.voice, leaf))

    def _path_of(self, group: Group, item: Item) -> str:
        if item.read is None:
            return ""
        if group.folder == "receipts":
            folder, _, name = item.name.partition("/")
            return f"receipts/{folder}/{name}"
        self._files += 1
        return f"{group.folder}/{self._files:05}-{safe_name(item.name)}"

    async def _look(self, group: Group, items: Sequence[Item]) -> None:
        """Find what may be about others. Codes, receipts and the registers of ours hold no texts of people."""
        if group.folder == "receipts":
            return
        candidates = await asyncio.to_thread(self.finder.candidates, items)
        names = known_names(self.crm.index, candidates) if candidates else set()
        await asyncio.to_thread(self.finder.look, group, items, names)

    async def _meet(self, contact_id: UUID) -> None:
        """Whoever shares a record with the person: their names are looked for, first names alone too."""
        rows = await self.crm.data.fetch(SHARERS, contact_id, contact_id)
        for batch in batches([row["subject_id"] for row in rows]):
            for opened in await self.crm.door.open(OPENING, CONTACT, await self.crm.records.rows(CONTACT, batch)):
                self.finder.meet(opened.content)

    def _last_files(self) -> list[tuple[str, bytes]]:
        """What needs to know how everything went."""
        facts = replace(self.facts, places=dict(self.blackener.places))
        files = [("index.html", summary_page(facts, self.voice)), ("style.css", STYLE_SHEET.encode())]
        if facts.tally.anything:
            files += self.portable.last_files(facts)
        if not facts.portability_only:
            files.append(("answer.html", answer_page(facts, self.voice)))
            files.append(("data/index.json", plain_json(contents_of(facts))))
        files.append(("README.txt", readme(facts, self.voice).encode()))
        files.append(("verify.py", Path(verify.__file__).read_bytes()))
        return files


async def read_whole(group: Group, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes of a file; one that ends too early or is damaged fails its whole group."""
    try:
        async for piece in pieces:
            yield piece
    except Exception as error:
        raise CollectorFailed(group.key, group.label, error) from error


def json_of(item: Item, path: str) -> dict[str, Any]:
    """Everything of an item, for programs."""
    told = {
        "id": item.id,
        "source": item.source,
        "at": item.at,
        "other_people": item.others,
        "file": path,
        "columns": dict(item.columns),
        "content": dict(item.content),
    }
    return {name: value for name, value in told.items() if value not in (None, "", 0) and value != {}}


def contents_of(facts: Facts) -> dict[str, Any]:
    """Which data are where, for programs."""
    groups = [
        {
            "group": key,
            "label": group.label,
            "category": group.category,
            "plugin": group.plugin,
            "purpose": group.purpose,
            "basis": facts.purposes[group.purpose].basis if group.purpose in facts.purposes else "",
            "kept": facts.periods.sentence(group.retention_class),
            "law": facts.periods.citation(group.retention_class),
            "deleted_by": facts.tally.ends.get(key),
            "entries": facts.tally.counts[key],
            "unreadable": facts.tally.unreadable[key],
            "files": [page.removesuffix("html") + "json" for page in facts.tally.pages.get(key, ())],
        }
        for key, group in facts.tally.groups.items()
    ]
    return {"format": "confida-answer/1", "reference": facts.reference, "made_at": facts.created_at, "groups": groups}
