"""What a segment may ask: every field of the condition language, consents by name, and other segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from confida_consent.api import CONSENT_FIELD, all_purposes, state_choices
from confida_core.api import Condition, IndexField, Installation, account_names, condition_fields, values_of_contact
from confida_marketing.segments.content import MEMBER

SEGMENT: Final = "marketing.segment"
LISTED: Final = "marketing.lists"
NOBODY: Final = UUID(int=0)
# What people say of themselves, or what we wrote down of them, beside core's own; fields of plugins are about what
# somebody did.
TOLD: Final = frozenset({"custom", "consent", ""})
# In labels of fields and in tags; GDPR Art. 9 and 10. A word is enough to ask whoever writes the segment to think again.
SENSITIVE: Final = (
    "health", "illness", "disease", "diagnos", "disab", "medic", "pregnan", "religio", "faith", "church", "ethnic", "race",
    "politic", "party member", "trade union", "sexual", "gender identity", "genetic", "biometric", "crimin", "convict",
    "gesundheit", "krank", "behinder", "schwanger", "konfession", "kirche", "glaube", "partei", "gewerkschaft", "straf",
)  # fmt: skip
Fields = Mapping[str, IndexField]


async def lists_of(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
    """For the index: the fixed lists that each contact is on."""
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, segment_id FROM marketing_segment_member WHERE contact_id IN ({marks})", *contact_ids
    )
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row["contact_id"], set()).add(row["segment_id"].hex)
    return {contact_id: frozenset(lists) for contact_id, lists in found.items()}


INDEX_FIELDS = (IndexField(key=LISTED, type="set", label="", gather=lists_of, follows=(MEMBER.name,)),)


async def index_fields(crm: Installation) -> Fields:
    """Those that the index answers, an administrator's own among them."""
    return (await values_of_contact(crm, NOBODY))[0]


async def segment_fields(crm: Installation, names: Mapping[UUID, str]) -> Fields:
    """Those that a segment may ask, with what stands for their values in words. names: of the segments there are."""
    fields = dict(await index_fields(crm))
    purposes = [one.declared for one in (await all_purposes(crm)).values() if not one.retired]
    fields[CONSENT_FIELD] = replace(fields[CONSENT_FIELD], label="Consent", choices=state_choices(purposes))
    people = {one.hex: name for one, name in (await account_names(crm, await owners_of(crm))).items()}
    fields["owner"] = replace(fields["owner"], choices=people)
    fields[SEGMENT] = IndexField(
        key=SEGMENT, type="set", label="Segment", choices={one.hex: name for one, name in names.items()}
    )
    return fields


async def owners_of(crm: Installation) -> list[UUID]:
    return [row["owner_id"] for row in await crm.data.fetch("SELECT DISTINCT owner_id FROM contact") if row["owner_id"]]


def asks_behaviour(condition: Condition) -> bool:
    """Whether people are sorted by what they did, which is profiling (GDPR Art. 4(4)): what they bought, asked or opened."""
    asked = condition_fields(condition) - {LISTED, SEGMENT}
    return any(key.rpartition(".")[0] not in TOLD for key in asked)


def sensitive_fields(source: str, condition: Condition, fields: Fields) -> tuple[str, ...]:
    """Labels of fields, or words, that seem to be about what the law protects most (GDPR Art. 9 and 10)."""
    labels = [fields[key].label for key in sorted(condition_fields(condition)) if key in fields]
    found = [label for label in labels if any(word in label.casefold() for word in SENSITIVE)]
    typed = source.casefold()
    return tuple(found) or tuple(word for word in SENSITIVE if word in typed)[:1]
