"""The register of processing activities (GDPR Art. 30(1)), drawn up from what is installed, so that it cannot drift (RG-1).

Each purpose is an activity: those people decide on, and those that records are opened for. A plugin that is enabled or
disabled changes the register at the next start; an administrator's new purpose changes it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from confida_consent.controller import Controller, read_controller
from confida_consent.declarations import Purpose
from confida_consent.purposes import all_purposes
from confida_consent.rights.retention import rules, switched_on
from confida_consent.rights.retention_rules import CountryRetention, InvalidRetention, RetentionRule
from confida_consent.vocabulary import BASIS_LABELS, CHANNEL_LABELS
from confida_core.clock import now
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.outbound.transporting import ways_out
from confida_core.outbound.webhooks.endpoints import recipients_by_purpose
from confida_core.vault.access import Access

# The European Economic Area; data in any other country are transferred to a third one (GDPR Art. 44).
EEA_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
EEA = frozenset(EEA_CODES.split())
CONTACTS = "Contacts: people and organisations we deal with, and people they name"
STAFF = "Staff who work with this installation"
ASKING = "People who ask about their data, and those they act for"
STAFF_CLASSES = frozenset({"account"})
NO_RULE = "As long as it is needed for this purpose; no rule of retention has been chosen."
INTERNAL = frozenset({"operation"})
DPV_OF: Mapping[str, str] = {
    "operation": "TechnicalServiceProvision",
    "relationship": "CustomerRelationshipManagement",
    "import_export": "RecordManagement",
    "data_subject_rights": "DataSubjectRightsManagement",
    "security": "EnforceSecurity",
    "consent": "LegalCompliance",
}
STARTS: Mapping[str, str] = {
    "last_contact": "the last contact",
    "last_event": "the last event",
    "closed": "it was closed",
    "created": "it was written down",
}
UNITS: Mapping[str, str] = {"Y": "year", "M": "month", "D": "day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataGroup:
    """One kind of records. fields: names of what is sealed in them. limit: until when, in words; citation: by which law."""

    key: str
    label: str
    plugin: str
    fields: tuple[str, ...]
    retention_class: str
    limit: str
    citation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One line of the register. asked: people decide on it themselves (a purpose of consent); else records are opened for it.

    basis: key of a lawful basis, "" where it depends. recipients: names, or kinds of recipients. dpv: term without prefix.
    """

    key: str
    title: str
    description: str
    asked: bool
    plugin: str
    basis: str
    basis_label: str
    people: tuple[str, ...]
    data: tuple[DataGroup, ...]
    terms: tuple[str, ...]
    channels: tuple[str, ...]
    recipients: tuple[str, ...]
    limit: str
    special_category: bool
    retired: bool
    dpv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Everything Art. 30(1) asks for. stores: places beside the tables. transfers: to third countries, in words.

    plugins: name and version of what it was drawn up from. measures: of security, in words.
    """

    controller: Controller
    drawn_up_at: datetime
    plugins: tuple[str, ...]
    activities: tuple[Activity, ...]
    stores: tuple[str, ...]
    transfers: tuple[str, ...]
    measures: tuple[str, ...]


async def processing_register(crm: Installation, access: Access) -> Register:
    """Drawn up anew each time; opens nothing about people. Raises Forbidden without `registers.read`."""
    access.actor.require("registers.read")
    controller, purposes = await read_controller(crm), await all_purposes(crm)
    limits = await limits_of(crm)
    recipients, told = ways_out(crm), await recipients_by_purpose(crm)
    groups = groups_by_purpose(crm, limits)
    activities = [asked_for(purpose, recipients, told.get(purpose.declared.key, ())) for purpose in purposes.values()]
    activities += [
        opened_for(crm, key, groups.get(key, ()))
        for key in crm.registry.purposes
        if groups.get(key) or key not in INTERNAL
    ]
    return Register(
        controller=controller,
        drawn_up_at=now(),
        plugins=tuple(f"{one.info.name} ({one.distribution} {one.version})" for one in crm.registry.plugins),
        activities=tuple(activities),
        stores=tuple(store.label for store in crm.registry.stores.values()),
        transfers=transfers_of(controller),
        measures=measures_of(crm),
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules in force, and which of them the program carries out by itself."""

    country: CountryRetention | None
    on: frozenset[str]

    def rule(self, retention_class: str) -> RetentionRule | None:
        return self.country.of_class(retention_class) if self.country else None

    def sentence(self, retention_class: str) -> str:
        rule = self.rule(retention_class)
        if retention_class in STAFF_CLASSES:
            return "As long as the account is used; then as long as the audit trail names it."
        if rule is None:
            return NO_RULE
        how = "ended by itself" if rule.key in self.on else "then looked at"
        return f"{period_in_words(rule)}; {how}."


async def limits_of(crm: Installation) -> Limits:
    """An own file with faults is as if no rule were chosen: the page of retention names them."""
    try:
        return Limits(await rules(crm), await switched_on(crm))
    except InvalidRetention:
        return Limits(None, frozenset())


def period_in_words(rule: RetentionRule) -> str:
    """Such as "3 years from the end of the year of the last contact"."""
    parts, number = [], ""
    for sign in rule.period.removeprefix("P"):
        if sign.isdigit():
            number += sign
            continue
        parts.append(f"{int(number)} {UNITS[sign]}{'' if int(number) == 1 else 's'}")
        number = ""
    start = STARTS[rule.event]
    if not rule.from_end_of_year:
        return f"{', '.join(parts)} from when {start}" if " was " in start else f"{', '.join(parts)} from {start}"
    when = f"in which {start}" if " was " in start else f"of {start}"
    return f"{', '.join(parts)} from the end of the year {when}"


def groups_by_purpose(crm: Installation, limits: Limits) -> dict[str, tuple[DataGroup, ...]]:
    """The records of every plugin, by what they may be opened for."""
    found: dict[str, tuple[DataGroup, ...]] = {}
    for item in crm.registry.with_owner("records"):
        group = group_of(item.value, item.plugin.info.name, limits)
        found[item.value.purpose] = (*found.get(item.value.purpose, ()), group)
    return found


def group_of(record: RecordDeclaration, plugin: str, limits: Limits) -> DataGroup:
    rule = limits.rule(record.retention_class)
    return DataGroup(
        key=record.name,
        label=record.label,
        plugin=plugin,
        fields=tuple(name.replace("_", " ") for name in record.content.__struct_fields__),
        retention_class=record.retention_class,
        limit=limits.sentence(record.retention_class),
        citation=rule.citation if rule else "",
    )


def asked_for(purpose: Purpose, recipients: tuple[str, ...], told: Sequence[str] = ()) -> Activity:
    """A purpose that people decide on, or are at least told of. told: who gets webhooks for it."""
    declared = purpose.declared
    wording = declared.wording("en")[1]
    by_mail = recipients if "email" in declared.channels else ()
    return Activity(
        key=declared.key,
        title=wording.title,
        description=wording.description,
        asked=True,
        plugin=purpose.origin,
        basis=declared.basis,
        basis_label=BASIS_LABELS.get(declared.basis, declared.basis),
        people=(CONTACTS,),
        data=(),
        terms=declared.personal_data,
        channels=tuple(CHANNEL_LABELS.get(channel, channel) for channel in declared.channels),
        recipients=(*declared.recipients, *by_mail, *told),
        limit=declared.retention,
        special_category=declared.special_category,
        retired=purpose.retired,
        dpv=declared.dpv_purpose,
    )


def opened_for(crm: Installation, key: str, groups: tuple[DataGroup, ...]) -> Activity:
    """A purpose that records are opened for in daily work."""
    purpose = crm.registry.purposes[key]
    owner = next(item.plugin.info.name for item in crm.registry.with_owner("purposes") if item.value.key == key)
    classes = {group.retention_class for group in groups}
    people = tuple(
        who
        for who, there in (
            (STAFF, bool(classes & STAFF_CLASSES)),
            (CONTACTS, bool(classes - STAFF_CLASSES) or not classes),
            (ASKING, "request" in classes),
        )
        if there
    )
    return Activity(
        key=f"door.{key}",
        title=purpose.label,
        description="",
        asked=False,
        plugin=owner,
        basis=purpose.basis,
        basis_label=BASIS_LABELS.get(purpose.basis, purpose.basis),
        people=people,
        data=groups,
        terms=(),
        channels=(),
        recipients=(),
        limit=" ".join(dict.fromkeys(group.limit for group in groups)),
        special_category=False,
        retired=False,
        dpv=DPV_OF.get(key, ""),
    )


def transfers_of(controller: Controller) -> tuple[str, ...]:
    """Where data lie outside the European Economic Area."""
    country = controller.storage_country
    if not country:
        return ("It is not written down yet in which country the data are stored.",)
    if country in EEA:
        return ()
    return (f"Stored in {country}, outside the European Economic Area: name the safeguard (GDPR Art. 45, 46).",)


def measures_of(crm: Installation) -> tuple[str, ...]:
    """What protects the data (GDPR Art. 32), as this installation is set up."""
    settings = crm.settings
    files = (
        "The database and its keyring are on PostgreSQL, in two databases."
        if crm.data.engine == "postgres"
        else "Database, keyring and search index are encrypted files (SQLCipher)."
        if settings.cipher
        else "The search index is an encrypted file (SQLCipher); database and keyring are not encrypted as a whole."
    )
    return (
        "Each person's data are sealed under a key of their own (AES-256-GCM); the keys lie apart from the data and their backups.",
        files,
        "Data are opened at one place only, for a declared purpose, and each look is logged before anything is shown.",
        "Erasing a person destroys the keys, so that no backup can bring the data back.",
        "Staff sign in with passwords kept as Argon2id hashes; roles say what each may do; security events stand in an audit trail.",
        "Every consent, withdrawal and objection leaves an entry in a tamper-evident ledger.",
        "Restrictions, withdrawals, objections, suppressions and holds lie beside the keys and survive every restore.",
    )
