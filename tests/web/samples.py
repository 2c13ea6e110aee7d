"""One or more samples of every page, with the names and gaps that real address books have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup

from confida_web.account import pages as account
from confida_web.account import token_pages as tokens
from confida_web.contacts import editing, listing
from confida_web.contacts import pages as contacts
from confida_web.dashboard.pages import BirthdayRow, MyDayPage, TouchedRow
from confida_web.display import Option, Paging, Panel, PersonRef, Tab, TaskRow
from confida_web.frame import Frame, NavItem, Toast
from confida_web.interactions import entries as story
from confida_web.interactions import pages as interactions
from confida_web.page import Page
from tests.web.samples_consents import consent_samples
from tests.web.samples_office import office_samples
from tests.web.samples_portal import portal_samples
from tests.web.samples_registers import register_samples
from tests.web.samples_requests import request_samples
from tests.web.samples_webhooks import webhook_samples

NOW = datetime.now(UTC).replace(hour=14, minute=5, second=0, microsecond=0)
TODAY = NOW.date()
ADA = "0199f3b2-7c41-7000-8000-000000000001"
LONG = "Bartholomäus-Maximilian Freiherr von und zu Hohenstein-Wachtmeister-Łukaszewiczówna der Jüngere"

NAMES: tuple[tuple[str, str, str], ...] = (
    ("Ada Lovelace", "Analytical Engines Ltd", "ada@example.org"),
    (LONG, "Verein zur Förderung der überregionalen Zusammenarbeit in der Jugendarbeit e. V.", "b.m@example.org"),
    ("محمد عبد الرحمن الخطيب", "جمعية الأمل الخيرية", "m.khatib@example.org"),
    ("", "", "kontakt@example.org"),
    ("יעל כהן־לוי", "", "yael@example.org"),
    ("", "", ""),
    ("王小明", "北京协会", "wang@example.org"),
    ("Nguyễn Thị Minh Khai", "", ""),
    ("O'Brien, Siobhán <3", 'R&D "Fun" GmbH', "siobhan.obrien.with.a.very.long.address@subdomain.example.org"),
    ("İbrahim Yıldız", "Stadtteilzentrum Lindenau", "ibrahim@example.org"),
    ("e. e.", "", "ee@example.org"),
    ("Mary-Jane 🌻 Watson", "Sunflower Collective", "mj@example.org"),
)


def frame(**changes: object) -> Frame:
    """The frame of Olga, who owns the installation and may do everything."""
    places = (
        ("day", "My day", "home", "/"),
        ("contacts", "Contacts", "users", "/contacts"),
        ("tasks", "Tasks", "task", "/tasks"),
        ("imports", "Imports", "import", "/imports"),
        ("export", "Export", "export", "/export"),
        ("settings", "Settings", "settings", "/settings"),
        ("audit", "Audit trail", "audit", "/audit"),
    )
    values: dict[str, object] = {
        "account_name": "Olga Petrova",
        "permissions": frozenset({"contacts.read", "contacts.write"}),
        "nav_items": tuple(
            NavItem(key=key, label=label, icon=icon, href=href, current=key == "contacts", badge=3 * (key == "tasks"))
            for key, label, icon, href in places
        ),
        "quick_add": (
            NavItem(key="person", label="Person", icon="add-user", href="/contacts/new?kind=person"),
            NavItem(
                key="organisation", label="Organisation", icon="organisation", href="/contacts/new?kind=organisation"
            ),
        ),
        "csrf_token": "token-of-this-session",
        "due_count": 3,
        "instance_name": "Lindenau e. V.",
    }
    return Frame(**(values | changes))  # type: ignore[arg-type]


TOAST_FRAME = frame(toast=Toast(message="Ada Lovelace is in the archive.", undo_url="/contacts/1/unarchive"))


def person(n: int = 0, href: str = "/contacts/1") -> PersonRef:
    return PersonRef(name=NAMES[n][0], href=href)


def rows(count: int) -> tuple[listing.ContactRow, ...]:
    tags = (("donor", "newsletter"), ("volunteer",), (), ("متطوع",), ("board", "donor", "summer fair", "press", "x"))
    return tuple(
        listing.ContactRow(
            id=f"0199f3b2-7c41-7000-8000-{n:012d}",
            name=name,
            kind="organisation" if n % 5 == 4 else "person",
            organisation=organisation,
            email=email,
            phone=("+493415550100", "", "+442079460123")[n % 3],
            phone_shown=("+49 341 555 0100", "", "+44 20 7946 0123")[n % 3],
            locality=("Leipzig", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "")[n % 3],
            tags=tags[n % len(tags)],
            owner=("Olga Petrova", "Mats", "")[n % 3],
            touched_at=None if n % 7 == 3 else NOW - timedelta(days=n * n, hours=n),
            restricted=n % 11 == 6,
            archived=n % 13 == 9,
            extra={"custom-member": str(1000 + n)},
        )
        for n, (name, organisation, email) in enumerate(NAMES[k % len(NAMES)] for k in range(count))
    )


COLUMNS = (
    listing.Column(key="name", label="Name", sort_href="/contacts?sort=-name", direction="ascending"),
    listing.Column(key="organisation", label="Organisation", sort_href="/contacts?sort=organisation"),
    listing.Column(key="email", label="E-mail"),
    listing.Column(key="phone", label="Phone"),
    listing.Column(key="locality", label="Town", shown=False),
    listing.Column(key="tags", label="Tags"),
    listing.Column(key="owner", label="In the care of", shown=False),
    listing.Column(key="touched_at", label="Last contact", sort_href="/contacts?sort=-touched_at"),
    listing.Column(key="custom-member", label="Member no.", shown=False),
)

FILTERS = {
    "filters": (
        listing.FilterChip(text="in Leipzig", remove_href="/contacts?list=2"),
        listing.FilterChip(text="no contact for 90 days", remove_href="/contacts?list=3"),
    ),
    "filter_fields": (
        listing.FilterField(key="locality", label="Town"),
        listing.FilterField(key="touched_at", label="Last contact", type="date"),
        listing.FilterField(
            key="language", label="Language", type="choice", choices=(Option(value="de", label="German"),)
        ),
    ),
    "filter_operators": (Option(value="is", label="is"), Option(value="before", label="is before")),
    "filter_rows": (
        listing.FilterRow(field="locality", op="is", value="Leipzig"),
        listing.FilterRow(field="touched_at", op="before", value="soon", error="This is not a date."),
    ),
}


def contacts_page(shown: int = 50, **changes: object) -> listing.ContactsPage:
    values: dict[str, object] = {
        "rows": rows(shown),
        "columns": COLUMNS,
        "count": 1234,
        "paging": Paging(previous="/contacts?before=1", following="/contacts?after=50"),
        "views": (
            Tab(label="Everyone", href="/contacts"),
            Tab(label="Donors to thank", href="/contacts?view=1", count=17),
            Tab(label="متطوعون في لايبزيغ", href="/contacts?view=2"),
            Tab(label="Board", href="/contacts?view=3", current=True, remove_url="/contacts/views/3/delete"),
        ),
        "list_state": (("sort", "name"),),
        "may_create": True, "may_edit": True, "may_delete": True, "may_export": True, "may_import": True,
    }  # fmt: skip
    return listing.ContactsPage(**(values | changes))  # type: ignore[arg-type]


def head(n: int = 0, **changes: object) -> contacts.ContactHead:
    values: dict[str, object] = {
        "id": ADA,
        "name": NAMES[n][0],
        "kind": "person",
        "version": 4,
        "email": NAMES[n][2],
        "nickname": "Countess" if n == 0 else "",
        "organisation": PersonRef(name=NAMES[n][1], href="/contacts/2", kind="organisation") if NAMES[n][1] else None,
        "job_title": "Head of Computing",
        "relation": "Donor since 2019",
        "next_step": contacts.NextStep(
            subject="Call back about the summer fair", href="/interactions/9", due_at=NOW + timedelta(days=2)
        ),
        "tags": ("donor", "newsletter", "mathematics"),
        "owner": "Olga Petrova",
        "team": "Fundraising",
    }
    return contacts.ContactHead(**(values | changes))  # type: ignore[arg-type]


def entry(n: int, kind: str, **changes: object) -> story.TimelineEntry:
    values: dict[str, object] = {
        "id": f"{n}",
        "kind": kind,
        "at": NOW - timedelta(hours=5 * n),
        "href": f"/interactions/{n}",
        "who": "Olga Petrova",
    }
    return story.TimelineEntry(**(values | changes))  # type: ignore[arg-type]


ENTRIES = (
    entry(1, "task", subject="Send the donation receipt", open_task=True, due_at=NOW - timedelta(days=1), overdue=True),
    entry(
        2, "call", subject="Asked about the summer fair", direction="in", duration_minutes=12,
        body="She would like to help at the stand on Saturday.\nNeeds a lift from the station, 9 o'clock.",
        outcome="will come", may_edit=True, participants=(person(2), person(3)),
    ),
    entry(3, "note", body="Prefers letters to mail. Do not call before ten."),
    entry(
        8, "meeting", subject="Budget 2027", duration_minutes=95, participants=(person(1),), who="Mats",
        attachments=(
            story.Attachment(name="Haushaltsplan Entwurf (3) – final_final.xlsx", href="/files/1", size_bytes=482_113),
            story.Attachment(name="", href="/files/2", size_bytes=12_400_000),
        ),
    ),
    entry(12, "email", subject="Re: Re: Fwd: Einladung zur Mitgliederversammlung", direction="out", edited=True),
    entry(13, "letter", subject="شكراً لتبرعكم", direction="out"),
    entry(20, "task", subject="Thank for the donation", done=True, due_at=NOW - timedelta(days=4)),
    entry(24, "gift", kind_label="Donation", icon="tag", subject="50.00 EUR"),
)  # fmt: skip


def timeline() -> tuple[story.TimelineDay, ...]:
    days: dict[date, list[story.TimelineEntry]] = {}
    for one in ENTRIES:
        days.setdefault(one.at.date(), []).append(one)
    return tuple(story.TimelineDay(day=day, entries=tuple(found)) for day, found in days.items())


def composer(**changes: object) -> story.Composer:
    values: dict[str, object] = {
        "action": f"/contacts/{ADA}/interactions",
        "at": NOW.strftime("%Y-%m-%dT%H:%M"),
        "people": (Option(value="2", label=NAMES[2][0]), Option(value="3", label="Mats", chosen=True)),
        "assignees": (Option(value="o", label="Olga Petrova", chosen=True), Option(value="m", label="Mats")),
    }
    return story.Composer(**(values | changes))  # type: ignore[arg-type]


FACTS = (
    contacts.FactGroup(
        title="Reach",
        facts=(
            contacts.Fact(label="work", lines=("ada@example.org",), href="mailto:ada@example.org", icon="mail"),
            contacts.Fact(label="mobile", lines=("+44 7700 900123",), href="tel:+447700900123", icon="phone"),
            contacts.Fact(label="home", lines=("12 St James's Square", "London SW1Y 4JH"), icon="place"),
        ),
    ),
    contacts.FactGroup(
        title="Person",
        facts=(
            contacts.Fact(label="Birthday", lines=("10 Dec",), icon="cake"),
            contacts.Fact(label="Language", lines=("English",), icon="language"),
            contacts.Fact(label="Member no.", lines=("4711",)),
        ),
    ),
)

RELATIONSHIPS = (
    contacts.Relationship(
        id="1", label="works at", role="Head of Computing", since=date(1842, 5, 1),
        other=PersonRef(name=NAMES[1][1], href="/contacts/2", kind="organisation"),
    ),
    contacts.Relationship(id="2", label="parent of", other=person(2)),
    contacts.Relationship(id="3", label="member of", other=PersonRef(name="", href=None), until=date(2024, 3, 1)),
)  # fmt: skip


def contact_page(n: int = 0, **changes: object) -> contacts.ContactPage:
    values: dict[str, object] = {
        "contact": head(n),
        "composer": composer(),
        "chips": (
            contacts.ConfidenceChip(channel="E-mail", state="may", text="newsletter, since 3 May 2024", href="/c/1"),
            contacts.ConfidenceChip(channel="Phone", state="ask", text="ask first"),
            contacts.ConfidenceChip(channel="Letter", state="must_not", text="objected on 2 Jan 2026", href="/c/2"),
        ),
        "timeline": timeline(),
        "timeline_kinds": (
            Tab(label="Everything", href=f"/contacts/{ADA}/timeline", current=True, count=42),
            Tab(label="Calls", href=f"/contacts/{ADA}/timeline?kind=call", count=12, icon="phone"),
            Tab(label="Notes", href=f"/contacts/{ADA}/timeline?kind=note", count=1204, icon="note"),
        ),
        "older_href": f"/contacts/{ADA}/timeline?before=8",
        "facts": FACTS,
        "note": "Met at the book fair.\nLikes early trains.",
        "relationships": RELATIONSHIPS,
        "relationship_types": (Option(value="works_at", label="works at"), Option(value="parent", label="parent of")),
        "panels": (
            Panel(key="sales", title="Deals", html=Markup("<p>Two open, together 1,200 EUR</p>")),
            Panel(key="broken", title="Tickets", html=None),
        ),
        "vcard_href": "/contacts/1.vcf",
        "may_edit": True, "may_restrict": True, "may_delete": True, "may_see_reads": True,
    }  # fmt: skip
    return contacts.ContactPage(**(values | changes))  # type: ignore[arg-type]


def contact_form(**changes: object) -> editing.ContactFormPage:
    values: dict[str, object] = {
        "contact": head(),
        "version": 4,
        "display_name": "Ada Lovelace",
        "prefix": "The Rt Hon.", "given": "Ada", "family": "Lovelace",
        "organisation": "Analytical Engines Ltd",
        "emails": (
            editing.EmailRow(address="ada@example.org", label="work"),
            editing.EmailRow(address="countess@example", label=""),
        ),
        "phones": (editing.PhoneRow(number="+44 7700 900123", label="mobile"),),
        "addresses": (
            editing.AddressRow(street="12 St James's Square\nGround floor", postal_code="SW1Y 4JH", locality="London", country="GB"),
        ),
        "birthday_day": "10", "birthday_month": "12",
        "tags": "donor, newsletter",
        "note": "Met at the book fair.",
        "custom_fields": (
            editing.CustomField(key="member", label="Member no.", value="4711", hint="As printed on the card."),
            editing.CustomField(key="joined", label="Joined", type="date", value="2019-05-01"),
            editing.CustomField(key="fee", label="Yearly fee", type="number"),
            editing.CustomField(key="driver", label="May drive our van", type="boolean", value="true"),
            editing.CustomField(key="size", label="T-shirt", type="choice", value="M", options=(Option(value="M", label="M"),)),
            editing.CustomField(
                key="days", label="Can help on", type="set",
                options=(Option(value="sa", label="Saturday", chosen=True), Option(value="su", label="Sunday")),
            ),
        ),
        "owners": (Option(value="o", label="Olga Petrova", chosen=True), Option(value="m", label="Mats")),
        "languages": (Option(value="en", label="English"), Option(value="ar", label="العربية")),
        "countries": (Option(value="GB", label="United Kingdom"), Option(value="DE", label="Germany")),
        "known_tags": ("donor", "newsletter"),
    }  # fmt: skip
    return editing.ContactFormPage(**(values | changes))  # type: ignore[arg-type]


CONTACT_ERRORS = {
    "emails-1-address": "The part after the @ is not complete.",
    "birthday": "30 February does not exist.",
    "custom-fee": "This is not a number.",
}


def tasks() -> tuple[TaskRow, ...]:
    return (
        TaskRow(
            id="1", subject="Send the donation receipt", due_at=NOW - timedelta(days=4), overdue=True, contact=person(0)
        ),
        TaskRow(id="2", subject="", due_at=NOW - timedelta(days=1), overdue=True, contact=person(3), assignee="Mats"),
        TaskRow(id="3", subject="Call back " + LONG, due_at=NOW, contact=person(1), assignee="Olga Petrova"),
        TaskRow(
            id="4", subject="Prepare the meeting", due_at=NOW + timedelta(days=3), all_day=False, contact=person(2)
        ),
        TaskRow(id="5", subject="Write to the board", may_edit=False),
        TaskRow(
            id="6", subject="Thank for the donation", done=True, done_at=NOW - timedelta(days=2), contact=person(4)
        ),
    )


def my_day(**changes: object) -> MyDayPage:
    one, two, three, four, five, _six = tasks()
    values: dict[str, object] = {
        "today": TODAY,
        "overdue": (one, two), "due_today": (three,), "upcoming": (four, five),
        "birthdays": (
            BirthdayRow(contact=person(0), on=TODAY, turns=40),
            BirthdayRow(contact=person(2), on=TODAY + timedelta(days=3)),
        ),
        "touched": tuple(
            TouchedRow(contact=person(n), at=NOW - timedelta(days=n), what="Call, outgoing", icon="phone") for n in range(6)
        ),
        "panels": (Panel(key="sales", title="Stale deals", html=Markup("<p>None. Well done.</p>")),),
        "may_create": True, "may_import": True,
    }  # fmt: skip
    return MyDayPage(**(values | changes))  # type: ignore[arg-type]


def contact_samples() -> dict[str, Page]:
    changes = (
        contacts.FieldChange(label="Phone, mobile", before="+44 7700 900000", after="+44 7700 900123"),
        contacts.FieldChange(label="Note", before="", after="Met at the book fair.\nLikes early trains."),
        contacts.FieldChange(label="Name", before=LONG, after=NAMES[2][0]),
    )
    history = (
        contacts.HistoryEntry(at=NOW, who="Olga Petrova", action="changed", changes=changes, undo_url="/undo/1"),
        contacts.HistoryEntry(at=NOW - timedelta(days=90), who="Import", action="created this contact"),
    )
    reads = tuple(
        contacts.ReadEntry(
            at=NOW - timedelta(hours=n), who="Mats", purpose="member service", what="contact page", times=n
        )
        for n in range(1, 4)
    )
    conflict = (
        editing.ConflictField(key="phone", label="Phone, mobile", mine="+44 7700 900123", theirs="+44 7700 900999"),
        editing.ConflictField(
            key="note",
            label="Note",
            mine="Likes early trains.\nAnd tea.",
            theirs="",
            before="Likes trains.",
            suggested="theirs",
        ),
    )
    return {
        "contacts": contacts_page(),
        "contacts-filtered": contacts_page(12, q="an mu", count=12, **FILTERS),
        "contacts-many": contacts_page(3, count=10_000, count_exact=False),
        "contacts-none": contacts_page(0, count=0, views=()),
        "contacts-no-match": contacts_page(0, count=0, q="xyz"),
        "contact": contact_page(),
        "contact-no-name": contact_page(5, timeline=(), facts=(), chips=(), relationships=(), note=""),
        "contact-rtl-name": contact_page(2, contact=head(2, restricted=True), composer=composer(kind="call")),
        "contact-task-error": contact_page(
            composer=composer(kind="task", errors={"subject": "A task needs a subject."})
        ),
        "contact-trash": contact_page(
            1, contact=head(1, deleted_at=NOW, archived=True), composer=composer(enabled=False)
        ),
        "organisation": contact_page(
            contact=head(kind="organisation", name=NAMES[1][1], job_title="", organisation=None), people=RELATIONSHIPS
        ),
        "contact-edit": contact_form(errors=CONTACT_ERRORS),
        "contact-new": editing.ContactFormPage(possible_duplicates=(head(), head(3))),
        "organisation-new": editing.ContactFormPage(kind="organisation"),
        "conflict": editing.ConflictPage(
            contact=head(), version=5, changed_by="Mats", changed_at=NOW, fields=conflict, carried=(("note", "x"),)
        ),
        "history": contacts.HistoryPage(contact=head(), entries=history, older_href="/contacts/1/history?before=2"),
        "history-none": contacts.HistoryPage(contact=head(5)),
        "reads": contacts.ReadsPage(contact=head(), entries=reads),
        "reads-none": contacts.ReadsPage(contact=head(2)),
    }


def work_samples() -> dict[str, Page]:
    one, two, three, four, five, six = tasks()
    tabs = (Tab(label="Mine", href="/tasks", current=True, count=5), Tab(label="Everyone's", href="/tasks?of=all"))
    return {
        "my-day": my_day(),
        "my-day-quiet": my_day(overdue=(), due_today=(), upcoming=(), birthdays=(), touched=(), panels=()),
        "my-day-new": my_day(is_new=True),
        "tasks": interactions.TasksPage(
            tabs=tabs,
            groups=(
                interactions.TaskGroup(title="Overdue", tasks=(one, two), overdue=True),
                interactions.TaskGroup(title="Later", tasks=(three, four, five)),
                interactions.TaskGroup(title="Done", tasks=(six,)),
            ),
            show_assignee=True,
        ),
        "tasks-none": interactions.TasksPage(tabs=tabs, may_create=True),
        "interaction": interactions.InteractionPage(entry=ENTRIES[1], contacts=(person(), person(2)), may_edit=True),
        "interaction-task": interactions.InteractionPage(entry=ENTRIES[0], contacts=(person(3),), may_edit=True, may_delete=True),
        "interaction-files": interactions.InteractionPage(entry=ENTRIES[3]),
        "interaction-edit": interactions.InteractionFormPage(
            composer=composer(kind="meeting", subject="Budget", body="…", attachments=ENTRIES[3].attachments, version=2),
            contacts=(person(),),
        ),
    }  # fmt: skip


def account_samples() -> dict[str, Page]:
    sessions = (
        account.SessionRow(
            id="1", device="Firefox on Linux", address="192.0.2.10", signed_in_at=NOW, last_seen_at=NOW, current=True
        ),
        account.SessionRow(
            id="2",
            device="Safari on iPhone",
            address="2001:db8::17",
            signed_in_at=NOW - timedelta(days=3),
            last_seen_at=NOW,
        ),
    )
    roles = tuple(
        Option(value=value, label=label)
        for value, label in (
            ("owner", "Owner"),
            ("administrator", "Administrator"),
            ("staff", "Staff"),
            ("reader", "Read-only"),
        )
    )
    users = (
        account.UserRow(
            id="1", name="Olga Petrova", email="olga@example.org", role="owner", last_seen_at=NOW, is_self=True
        ),
        account.UserRow(id="2", name="Mats", email="mats@example.org", role="staff", invited=True),
        account.UserRow(id="3", name=LONG, email="zoe@example.org", role="reader", disabled=True, last_seen_at=NOW),
    )
    audit = (
        account.AuditRow(at=NOW, who="Olga Petrova", what="signed in", address="192.0.2.10"),
        account.AuditRow(
            at=NOW, who="unknown", what="failed to sign in, 5 times", address="198.51.100.7", serious=True
        ),
    )
    return {
        "setup": account.SetupPage(action="/setup/abc", errors={"password": "This is too short."}),
        "recovery-key": account.RecoveryKeyPage(
            groups=("K7QF", "2MXA", "9TRD", "LW3E", "V8HN", "PC5J", "QZ6B", "Y4SU"), action="/setup/stored", created_at=NOW,
            error="Please confirm first that the key is stored.",
        ),
        "login": account.LoginPage(error="Mail address or password is not right.", email="olga@example.org"),
        "login-notice": account.LoginPage(notice="You are signed out."),
        "fresh-login": account.FreshLoginPage(reason="You are about to erase a person for good.", error="That was not it."),
        "account": account.AccountPage(
            display_name="Olga Petrova", email="olga@example.org", role="Owner", sessions=sessions,
            languages=(Option(value="en", label="English"), Option(value="ar", label="العربية")),
            time_zones=(Option(value="UTC", label="UTC"), Option(value="Europe/Berlin", label="Europe/Berlin")),
        ),
        "users": account.UsersPage(
            users=users, roles=roles, invite_url="https://crm.example.org/setup/3b1f5c", invited_name="Mats",
        ),
        "audit": account.AuditPage(
            entries=audit, kinds=(Option(value="", label="Everything", chosen=True),), older_href="/audit?before=1"
        ),
        "audit-none": account.AuditPage(),
        **token_samples(),
    }  # fmt: skip


def token_samples() -> dict[str, Page]:
    rows = tuple(
        tokens.TokenRow(
            id=f"{ADA[:-1]}{number}", label=label, purpose="Looking after contacts and what was agreed with them",
            scopes=("See contacts", "Add and change contacts"), created_at=NOW, expires_at=NOW + timedelta(days=90 * number),
            last_used_on=TODAY if number else None, expired=not number, revoke_url=f"/account/tokens/{number}/revoke",
        )
        for number, label in enumerate(("Old website", LONG[:100], "نموذج الموقع"))
    )  # fmt: skip
    scopes = tuple(Option(value=key, label=f"See things ({key})") for key in ("contacts.read", "interactions.read"))
    return {
        "tokens": tokens.TokensPage(tokens=rows, secret="cfd_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH12345"),
        "tokens-none": tokens.TokensPage(),
        "new-token": tokens.NewTokenPage(
            label=LONG, scopes=scopes, purposes=(Option(value="relationship", label="Looking after contacts"),),
            days=(Option(value="90", label="90", chosen=True),),
            errors={"label": "Please say in at most 100 characters what uses this token.", "scopes": "Please choose."},
        ),
        "all-tokens": tokens.AllTokensPage(tokens=rows, owners=("Olga Petrova", "", LONG)),
        "all-tokens-none": tokens.AllTokensPage(),
    }  # fmt: skip


def samples() -> dict[str, Page]:
    """Every sample by a name that can stand in a file name."""
    own = contact_samples() | work_samples() | account_samples() | office_samples(NOW)
    return (
        own
        | consent_samples(NOW)
        | portal_samples()
        | request_samples(NOW)
        | register_samples(NOW)
        | webhook_samples(NOW)
    )
