"""Samples of the registers, as full and as empty as they come."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from confida_consent.controller import Controller
from confida_consent.rights.breaches import RISKS, Breach
from confida_consent.rights.breaches_affected import KINDS, Affected, AffectedPerson, FieldGroup
from confida_consent.rights.content import BreachFile
from confida_consent.rights.registers.bulk_reads import Reader, Thresholds
from confida_consent.rights.registers.processing import Activity, DataGroup, Register
from confida_consent.rights.restriction import GROUNDS, TOLD_BY
from confida_consent.rights.retention_rules import RetentionRule
from confida_core.ids import new_id
from confida_web.contacts.pages import ContactHead
from confida_web.display import Option, PersonRef, Tab
from confida_web.page import Page
from confida_web.registers import pages
from confida_web.registers.words import options

ADA = ContactHead(id="1", name="Ada Lovelace", kind="person", held=True)
LONG = "Bartholomäus-Maximilian Freiherr von und zu Hohenstein-Wachtmeister-Łukaszewiczówna der Jüngere"


def rule(key: str, label: str, action: str = "erase") -> RetentionRule:
    return RetentionRule(
        key=key,
        retention_class=key,
        period="P3Y",
        start="end_of_calendar_year_of_last_contact",
        action=action,  # type: ignore[arg-type]
        citation="GDPR Art. 5(1)(e); BGB § 195, § 199(1): claims lapse three years after the end of the year.",
        label=label,
        reviewed_on=date(2026, 11, 22),
    )


def retention(now: datetime) -> pages.RetentionPage:
    words = "3 years from the end of the year of the last contact"

    def row(
        key: str, label: str, count: int, *, on: bool, endable: bool = True, action: str = "erase"
    ) -> pages.RuleRow:
        return pages.RuleRow(
            rule=rule(key, label, action), words=words, action="Erase", on=on, endable=endable, count=count,
            kept=min(count, 3), soon=12, href=f"/registers/retention/{key}",
        )  # fmt: skip

    return pages.RetentionPage(
        country="DE",
        name="Germany",
        countries=(Option(value="DE", label="Germany", chosen=True), Option(value="FR", label="France")),
        rows=(
            row("contacts", "Contacts nobody has dealt with", 412, on=False),
            row("requests", "Files of requests", 0, on=True),
            row("books", "Books and annual accounts", 0, on=False, endable=False, action="review"),
        ),
        runs=(pages.RunRow(at=now, rule="Files of requests", due=14, ended=12, held=1, failed=1),),
        may_manage=True,
    )


def holds(now: datetime) -> tuple[pages.HoldRow, ...]:
    return (
        pages.HoldRow(
            id="7", name="Case 7/2026, Lindenau ./. Analytical Engines Ltd", owner="Olga Petrova", due=True,
            reason="The invoice of March is before the court in Leipzig.\nUntil the judgment is final.",
            person=PersonRef(name="Ada Lovelace", href="/contacts/1"), given_at=now - timedelta(days=200),
            review_on=now.date(),
        ),
        pages.HoldRow(
            id="8", name="", reason="", owner="", person=PersonRef(name=LONG, href="/contacts/2"),
            given_at=now - timedelta(days=2), review_on=None, due=True,
        ),
    )  # fmt: skip


def register(now: datetime) -> Register:
    group = DataGroup(
        key="contact",
        label="Contacts",
        plugin="Confida",
        fields=("display name", "emails", "phones", "addresses", "birthday", "note"),
        retention_class="relationship",
        limit="3 years from the end of the year of the last contact; then looked at.",
        citation="GDPR Art. 5(1)(e); BGB § 195, § 199(1).",
    )
    newsletter = Activity(
        key="newsletter", title="Newsletter", description="We send you news about our work.", asked=True, plugin="consent",
        basis="consent", basis_label="Consent", people=("Contacts: people and organisations we deal with",), data=(),
        terms=("Name", "EmailAddress"), channels=("E-mail", "Post"), recipients=("Printers Ltd", "E-mail: mail.example.org"),
        limit="Until you withdraw.", special_category=True, retired=True, dpv="DirectMarketing",
    )  # fmt: skip
    daily = Activity(
        key="door.relationship", title="Looking after contacts and what was agreed with them", description="", asked=False,
        plugin="Confida", basis="contract", basis_label="Contract", people=("Contacts",), data=(group,), terms=(),
        channels=(), recipients=(), limit=group.limit, special_category=False, retired=False, dpv="",
    )  # fmt: skip
    return Register(
        controller=Controller(
            name="Lindenau e. V.", street="Karl-Heine-Straße 1", postal_code="04229", locality="Leipzig", country="DE",
            email="info@example.org", officer="Olga Petrova", officer_email="olga@example.org",
        ),
        drawn_up_at=now,
        plugins=("Confida (confida 0.1)", "Consent (confida 0.1)"),
        activities=(newsletter, daily),
        stores=("Files",),
        transfers=("Stored in US, outside the European Economic Area: name the safeguard (GDPR Art. 45, 46).",),
        measures=("Each person's data are sealed under a key of their own (AES-256-GCM).",),
    )  # fmt: skip


def breach(now: datetime, **changes: object) -> Breach:
    values: dict[str, object] = {
        "id": new_id(), "version": 2, "reference": "B-7KQ4-M2XD", "known_at": now - timedelta(hours=20),
        "recorded_at": now, "recorded_by": new_id(), "authority_told_at": None, "persons_told_at": None,
        "closed_at": None,
        "file": BreachFile(
            title="Laptop left in a train", facts="Between Leipzig and Halle.\nScreen locked.", risk="risk",
            measures="Sessions ended, keys changed.", told_authority="2026-11-22 14:00\nFirst report.",
        ),
    }  # fmt: skip
    return Breach(**(values | changes))  # type: ignore[arg-type]


def breach_samples(now: datetime) -> dict[str, Page]:
    open_one = breach(now)
    late = breach(now, known_at=now - timedelta(hours=90))
    closed = breach(now, closed_at=now, authority_told_at=now)
    rows = tuple(pages.BreachRow(breach=one, clock=one.clock(now), href="/b") for one in (open_one, late, closed))
    values = {"title": "Laptop left in a train", "day": "2026-11-22", "time": "09:30", "facts": "Between two stations."}
    return {
        "breaches": pages.BreachesPage(rows=rows, may_record=True),
        "breaches-empty": pages.BreachesPage(),
        "breach": pages.BreachPage(
            breach=open_one, clock=open_one.clock(now), by="Olga Petrova", risks=options(RISKS, "risk"), values=values,
            may_record=True,
        ),
        "breach-late": pages.BreachPage(
            breach=late, clock=late.clock(now), risks=options(RISKS), values=values, may_record=True,
            errors={"text": "First tell the authority.", "risk": "Choose one."},
        ),
        "breach-closed": pages.BreachPage(breach=closed, clock=closed.clock(now), by="Olga Petrova"),
        "breach-new": pages.BreachPage(risks=options(RISKS), may_record=True, errors={"title": "Give it a name."}),
        "breach-letter": pages.BreachLetterPage(
            breach=open_one, register=register(now), by="Olga Petrova", risk=RISKS["risk"], drawn_up_at=now
        ),
    }  # fmt: skip


def affected_samples(now: datetime) -> dict[str, Page]:
    accounts = (Option(value="1", label="Mats Berg"),)
    found = Affected(
        kind="account",
        count=1_204,
        people=(AffectedPerson(contact_id=new_id(), name="Ada Lovelace", times=4, first=now, last=now),
                AffectedPerson(contact_id=new_id(), name=LONG)),
        groups=(FieldGroup(label="Contacts", fields=("display name", "emails", "birthday"), rows=12),),
        says="These people's data were on a page that this account got.",
        others=2,
    )  # fmt: skip
    return {
        "affected": pages.AffectedPage(kinds=options(KINDS, "account"), accounts=accounts, found=found),
        "affected-errors": pages.AffectedPage(
            kinds=options(KINDS), accounts=accounts, errors={"kind": "Choose what was stolen.", "since_day": "Say from when on."}
        ),
        "readers": pages.ReadersPage(
            readers=(Reader(account_id=new_id(), name="Mats Berg", hour=1_400, day=2_900, alarms=2),
                     Reader(account_id=new_id(), name="Olga Petrova", hour=0, day=12, alarms=0)),
            thresholds=Thresholds(hour=1_000, day=3_000), values={"hour": "1000", "day": "3000"}, may_manage=True,
        ),
        "readers-only": pages.ReadersPage(thresholds=Thresholds(hour=1_000, day=3_000)),
        "reader": pages.ReaderPage(
            name="Mats Berg",
            rows=(pages.ReadRow(at=now, purpose="Looking after contacts", what="the list of contacts", people=50),),
            older_href="/registers/reads/1?before=2",
        ),
        "reader-empty": pages.ReaderPage(name="Mats Berg"),
    }  # fmt: skip


def register_samples(now: datetime) -> dict[str, Page]:
    disclosure = pages.DisclosureRow(
        at=now, person=PersonRef(name="Ada Lovelace", href="/contacts/1"), recipient="Printers Ltd", purpose="Newsletter",
        basis="Consent", channel="Post", fields="Name, Address",
    )  # fmt: skip
    due = pages.DueRow(
        what="Contact", person=PersonRef(name=LONG, href="/contacts/2"), until=now.date(), kept="Restricted"
    )
    spans = (Tab(label="Today", href="?days=0", current=True), Tab(label="Within 30 days", href="?days=30"))
    first = rule("contacts", "Contacts nobody has dealt with")
    return {
        "registers": pages.RegistersPage(
            places=(
                pages.Place(label="Retention", icon="clock", href="/registers/retention", text="Nobody has chosen yet.", tone="warn"),
                pages.Place(label="Legal holds", icon="lock", href="/registers/holds", text="Nothing is held."),
            )
        ),
        "retention": retention(now),
        "retention-unchosen": pages.RetentionPage(
            countries=(Option(value="DE", label="Germany"),), may_manage=True, faults=("de.toml: The name is missing.",),
            errors={"country": "Choose whose rules you go by."},
        ),
        "retention-due": pages.DuePage(
            rule=first, words="3 years from the last contact", action="Erase", rows=(due,), count=412, spans=spans
        ),
        "retention-due-empty": pages.DuePage(rule=first, words="3 years", action="Erase", spans=spans),
        "holds": pages.HoldsPage(rows=holds(now), lifted=holds(now)[:1], may_manage=True, tomorrow="2026-11-23"),
        "holds-empty": pages.HoldsPage(),
        "hold": pages.HoldFormPage(
            contact=ADA, values={"owner": "Olga Petrova"}, rows=holds(now)[:1], tomorrow="2026-11-23",
            errors={"reason": "Say why the data must be kept.", "review_on": "Choose a day after today."},
        ),
        "restricted": pages.RestrictedPage(href="/contacts/1", since=now, grounds=options(GROUNDS), ways=options(TOLD_BY)),
        "restricted-told": pages.RestrictedPage(
            href="/contacts/1", since=now, told_at=now, grounds=options(GROUNDS), ways=options(TOLD_BY),
            errors={"ground": "Say on which ground you look at these data."},
        ),
        "processing": pages.ProcessingPage(register=register(now)),
        "disclosures": pages.DisclosuresPage(
            rows=(disclosure,), purposes=(Option(value="newsletter", label="Newsletter"),), older_href="?before=1",
            csv_href="/registers/disclosures.csv", filtered=True, cut=True,
        ),
        "disclosures-none": pages.DisclosuresPage(csv_href="/registers/disclosures.csv", filtered=True),
        "disclosures-empty": pages.DisclosuresPage(csv_href="/registers/disclosures.csv"),
        **breach_samples(now),
        **affected_samples(now),
    }  # fmt: skip
