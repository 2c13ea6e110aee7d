"""Samples of the pages for administrators, for import and export, for search and for errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from confida_web.display import Option, Tab
from confida_web.errors.pages import ErrorPage, SignInFragment
from confida_web.exchange import pages as exchange
from confida_web.page import Page
from confida_web.plugins.pages import DeclaredGroup, FaultRow, PluginPage, PluginRow, PluginsPage, PurgePage, TableRow
from confida_web.rest.pages import (
    ApiDocsPage,
    FilterLine,
    MemberLine,
    OperationLine,
    ParameterLine,
    ProblemLine,
    ResourcePart,
    ShapeTable,
)
from confida_web.search.pages import Hit, PalettePage, PeopleChoices, SearchPage
from confida_web.settings import pages as settings
from confida_web.settings.organisation import NAMES


def exchange_samples(now: datetime) -> dict[str, Page]:
    def one(state: exchange.ImportState, **changes: object) -> exchange.ImportHead:
        values: dict[str, object] = {
            "id": "5", "name": "Kontakte (Kopie) – alt.csv", "state": state, "started_at": now, "who": "Olga Petrova",
            "rows_total": 12_480, "rows_done": 5_113, "created": 4_870, "updated": 31, "duplicates": 205, "invalid": 7,
        }  # fmt: skip
        return exchange.ImportHead(**(values | changes))  # type: ignore[arg-type]

    targets = (
        exchange.TargetGroup(label="", options=(Option(value="", label="keep in the note"), Option(value="-", label="leave out"))),
        exchange.TargetGroup(label="Name", options=(Option(value="given", label="Given name"), Option(value="family", label="Family name"))),
        exchange.TargetGroup(label="Reach", options=(Option(value="email", label="E-mail"),)),
    )  # fmt: skip
    columns = (
        exchange.MappedColumn(index=0, name="Vorname", samples=("Ada", "", "محمد"), target="given", remembered=True),
        exchange.MappedColumn(index=1, name="E-Mail 1 - Value", samples=("ada@example.org",), target="email"),
        exchange.MappedColumn(
            index=2, name="", samples=("x" * 80,), target="email", error="E-mail is taken by another column."
        ),
    )
    outcomes = (
        exchange.PreviewRow(number=2, outcome="new", name="Ada Lovelace", email="ada@example.org"),
        exchange.PreviewRow(number=3, outcome="duplicate", name="محمد عبد الرحمن", problem="same mail address as Mats"),
        exchange.PreviewRow(number=4, outcome="update", name="Mats", phone="+49 341 5550100"),
        exchange.PreviewRow(number=5, outcome="invalid", name="", problem="no name, mail address or phone number"),
    )
    problems = (exchange.RowProblem(number=5, name="", problem="no name, mail address or phone number"),)
    preview = exchange.PreviewPage(
        head=one("previewed"), new=12_000, updates=31, duplicates=205, invalid=7, rows=outcomes,
        warnings=("The column “Lieblingsfarbe” has no field and goes to the note.",), mapping_href="/imports/5/mapping",
    )  # fmt: skip
    origins = tuple(
        Option(value=value, label=label)
        for value, label in (("themselves", "From the people themselves"), ("public", "From a public source"), ("other", "From somebody else"))
    )  # fmt: skip
    return {
        "imports": exchange.ImportsPage(imports=(one("finished"), one("running"), one("failed"), one("undone"), one("mapped"))),
        "imports-none": exchange.ImportsPage(),
        "import-new": exchange.NewImportPage(
            formats=(Option(value="", label="find out"), Option(value="csv", label="CSV")),
            regions=(Option(value="DE", label="Germany"),), origins=origins, max_size_bytes=200_000_000,
            errors={"file": "Please choose a file.", "origin": "Please say where the data come from."},
        ),
        "import-mapping": exchange.MappingPage(
            head=one("uploaded"), columns=columns, targets=targets, facts=(("Encoding", "UTF-8"), ("Rows", "12,480"))
        ),
        "import-preview": preview,
        "import-running": exchange.ImportPage(head=one("running")),
        "import-finished": exchange.ImportPage(head=one("finished", may_undo=True), problems=problems, finished_at=now),
        "import-failed": exchange.ImportPage(head=one("failed"), failure="The disk was full. 5,113 rows are written."),
        "import-undone": exchange.ImportPage(head=one("undone"), kept_rows=1),
        "import-waiting": exchange.ImportPage(head=one("previewed")),
        "export": exchange.ExportPage(
            scopes=(Option(value="all", label="Everyone"),), count=1234,
            formats=(exchange.FormatOption(value="x", label="A <b>", hint="for <i>", chosen=True),),
        ),
        "export-handed-over": exchange.ExportPage(
            scopes=(Option(value="all", label="Everyone"),), count=1234, use="other", recipient="Print House",
            purposes=(Option(value="newsletter", label="Newsletter", chosen=True),),
            channels=(Option(value="post", label="Post", chosen=True),),
            handover=exchange.Handover(
                allowed=1200, refused=34, left_out=(("The person withdrew their consent.", 34),), key="x"
            ),
        ),
    }  # fmt: skip


def settings_samples(now: datetime) -> dict[str, Page]:
    checks = (
        settings.Check(name="Keys", state="good", text="The key file is readable by this program only."),
        settings.Check(name="Backup", state="warning", text="The last one is 9 days old.", remedy="confida backup"),
        settings.Check(name="Disk", state="bad", text="Less than 100 MB are free."),
    )
    jobs = (
        settings.JobRow(
            id="1",
            kind="core.import_run",
            state="dead",
            queued_at=now,
            attempts=8,
            max_attempts=8,
            error="TimeoutError",
        ),
        settings.JobRow(
            id="2", kind="core.reminder", state="waiting", queued_at=now, due_at=now + timedelta(minutes=5)
        ),
        settings.JobRow(id="3", kind="core.picture", state="running", queued_at=now),
        settings.JobRow(id="4", kind="core.picture", state="done", queued_at=now),
    )
    rows = (
        settings.CustomFieldRow(
            key="size", label="T-shirt", type="Choice", applies_to="People", choices=("S", "M", "L"), used=412
        ),
        settings.CustomFieldRow(key="old", label="Fax list", type="Text", retired=True),
    )
    kinds = (Option(value="text", label="Text"), Option(value="choice", label="Choice"))
    return {
        "settings": settings.SettingsPage(
            links=(
                settings.SettingsLink(label="Custom fields", href="/settings/fields", text="What you need to know besides.", icon="fields"),
                settings.SettingsLink(label="Teams", href="/settings/teams", text="Who looks after whom together.", icon="users"),
            )
        ),
        "settings-fields": settings.CustomFieldsPage(fields=rows, types=kinds, kinds=kinds, errors={"label": "This name is taken."}),
        "settings-fields-none": settings.CustomFieldsPage(types=kinds, kinds=kinds),
        "settings-relationships": settings.RelationshipTypesPage(
            types=(
                settings.RelationshipTypeRow(key="works_at", label="works at", reverse="employs", used=120, builtin=True),
                settings.RelationshipTypeRow(key="god", label="is godparent of", reverse="is godchild of", retired=True),
            )
        ),
        "settings-organisation": settings.OrganisationPage(
            values=dict.fromkeys(NAMES, "") | {"name": "Verein <Lindenau> e. V.", "country": "DE", "phone": "12"},
            fallbacks=dict.fromkeys(NAMES, "") | {"website": "https://crm.example.org"},
            missing=("street", "locality", "authority"), countries=(Option(value="DE", label="Germany"),),
            authorities=(Option(value="Data Protection Commission", label="Ireland"),),
        ),
        "settings-organisation-wrong": settings.OrganisationPage(
            values=dict.fromkeys(NAMES, "x" * 401), fallbacks=dict.fromkeys(NAMES, ""),
            errors=dict.fromkeys(NAMES, "This has more than 400 characters."),
        ),
        "settings-plugin": settings.PluginSettingsPage(
            key="club", name="Club <Lindenau>", rows=tuple(
                settings.PluginSettingRow(
                    name=f"{kind}_{number}", label=f"A {kind}", kind=kind, origin=origin, place="CONFIDA_CLUB_X",
                    hint="" if number else "What it <does>.", text="yes", chosen=bool(number), fixed=origin != "page",
                    choices=(Option(value="yes", label="yes", chosen=True), Option(value="no", label="no")),
                )
                for kind in ("text", "number", "yes_no", "choice", "lines", "secret")
                for number, origin in enumerate(("page", "environment", "page"))
            ),
            errors={"text_0": "A text: too long.", "secret_2": "A secret: too long."},
        ),
        "settings-teams": settings.TeamsPage(
            teams=(settings.TeamRow(id="1", name="Fundraising", members=("Olga Petrova", "Mats"),
                    accounts=(Option(value="o", label="Olga", chosen=True),)), settings.TeamRow(id="2", name="الشمال")),
            accounts=(Option(value="o", label="Olga Petrova"), Option(value="m", label="Mats")),
        ),
        "settings-teams-none": settings.TeamsPage(),
        "system": settings.SystemPage(
            checks=checks, facts=(("Confida", "0.1.0"), ("Contacts", "1,234")), recovery_key_confirmed=False, checked_at=now,
            settings=(settings.EffectiveSetting(key="CONFIDA_PUBLIC_URL", value="https://crm.example.org", origin="environment"),),
        ),
        "jobs": settings.JobsPage(
            tabs=(Tab(label="Given up", href="/jobs?state=dead", current=True, count=1),), jobs=jobs, oldest_waiting_seconds=12
        ),
        "jobs-none": settings.JobsPage(),
        "plugins": PluginsPage(
            others=5, restart=True, safe_mode=True, faults=(
                FaultRow(
                    id="contact_panels sales.deals", plugin="sales", name="Sales <b>", version="1.2.0", key="sales.deals",
                    part="Box on the contact page", since=now, kind="ValueError", where="panels.py:12 deals",
                ),
            ), plugins=(
                PluginRow(key="core", name="Contacts and interactions", version="0.1.0", builtin=True, hooks=("records", "jobs")),
                PluginRow(
                    key="sales", name="Sales", version="1.2.0", distribution="confida-sales", summary="Deals and <quotes>.",
                    hooks=("routes",), permissions=("sales.read",), settings_href="/settings/plugins/sales", pending="disable",
                    about_href="/settings/plugins/sales/about",
                ),
                PluginRow(key="club", name="Club", version="1.0", enabled=False, parked=True, keeps_data=True, bundled=True),
                PluginRow(key="gone", name="Gone", version="2.0", enabled=False, missing=True, problem="It is <not> there."),
                PluginRow(key="new", name="new", version="0.1", enabled=False, pending="enable"),
                PluginRow(key="old", name="Old", version="0.1", enabled=False, pending="drop"),
            )
        ),
        "plugins-none": PluginsPage(plugins=(PluginRow(key="core", name="Core", version="0.1.0", builtin=True),)),
        "plugin": PluginPage(
            plugin=PluginRow(
                key="club", name="Club <Lindenau>", version="1.0", distribution="confida-club", summary="Who <belongs>.",
                enabled=False, pending="enable", keeps_data=True,
            ),
            groups=(
                DeclaredGroup(title="Permissions", items=(("club.read", "See <members>"), ("club.write", ""))),
                DeclaredGroup(title="Ways out of the house", items=()),
            ),
            tables=(
                TableRow(name="club_member", label="Members <of it>", ends="club", purpose="club.service", count=1234),
                TableRow(name="club_fee", label="Fees."),
            ),
            stores=("Cards", "Pictures"), waiting=("club_2026_04_01_step",), may_enable=True, may_disable=True, may_upgrade=True,
            may_purge=True, error="It is <not> possible.",
        ),
        "plugin-fixed": PluginPage(
            plugin=PluginRow(key="club", name="Club", version="1.0"), may_disable=True, fixed="The <environment> decides.",
        ),
        "plugin-purge": PurgePage(
            key="club", name="Club <Lindenau>", people=1234, classes=("club",), shared_classes=("relationship",),
            tables=(TableRow(name="club_member", label="Members <of it>", ends="club", count=1234),),
            stores=("Cards",), stores_in_reach=False, exported=True, before="erase",
            errors={"typed": "Type club.", "before": "Choose.", "recipient": "This is no key.", "": "Not now."},
        ),
        "plugin-purge-not-now": PurgePage(key="club", name="Club", obstacle="A legal <hold> keeps it."),
    }  # fmt: skip


def api_docs_sample() -> ApiDocsPage:
    """Two resources, ours and a plugin's, with a name that is longer than a phone is wide."""
    operations = (
        OperationLine(method="GET", path="/api/v1/contacts", summary="List contacts", scopes=("contacts.read",)),
        OperationLine(
            method="PATCH",
            path="/api/v1/contacts/{item_id}",
            summary="Change contacts",
            scopes=("contacts.read", "contacts.write"),
        ),
    )
    ours = ResourcePart(
        anchor="contacts",
        label="Contacts",
        plugin="",
        summary="People and organisations.",
        purposes=("relationship", "import_export"),
        operations=operations,
        parameters=(
            ParameterLine(
                name="sort", type="name or -name or organisation", description="A minus sign turns it round."
            ),
            ParameterLine(name="filter", type="text", description="A condition as JSON."),
        ),
        filters=(FilterLine(key="custom.allergies", label="Allergien & Unverträglichkeiten", type="text"),),
        shapes=("Contact",),
        example='curl -X POST https://confida.example.org/api/v1/contacts \\\n  -H "Authorization: Bearer $TOKEN"',
    )
    theirs = replace(
        ours, anchor="x-membership-members", label="Members", plugin="membership", parameters=(), filters=()
    )
    return ApiDocsPage(
        first_example="curl https://confida.example.org/api/v1/contacts?limit=10",
        resources=(ours, theirs),
        shapes=(
            ShapeTable(
                name="Contact",
                description="A person or an organisation.",
                members=(
                    MemberLine(name="id", type="UUID", required=True),
                    MemberLine(name="emails", type="list of Contact", shape="Contact", description="In their order."),
                ),
            ),
        ),
        operators=(("text", ("is", "is_not", "contains")), ("date", ("=", "<", "within_last_days"))),
        problems=(
            ProblemLine(key="not-found", status=404, title="There is nothing here", meaning="It does not exist."),
        ),
    )


def other_samples() -> dict[str, Page]:
    hits = (
        Hit(label="Ada Lovelace", href="/contacts/1", detail="Analytical Engines Ltd", group="Contacts"),
        Hit(label="", href="/contacts/2", detail="kontakt@example.org", icon="organisation", group="Contacts"),
        Hit(label="Import contacts", href="/imports/new", icon="import", group="Go to"),
    )
    others = (Hit(label="Donors <all>", href="/contacts?view=1", icon="columns", group="Saved views"),)
    leave = Hit(label="Sign out", action="/logout", icon="sign-out", group="Go to")
    failed = ("Deals: This part of “Sales” could not be loaded.",)
    errors: dict[str, Page] = {
        f"error-{status}": ErrorPage(status=status, reference="0199f3b2" if status == 500 else "")
        for status in (400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 502, 503)
    }
    return errors | {
        "sign-in-fragment": SignInFragment(),
        "api-docs": api_docs_sample(),
        "api-docs-nothing": ApiDocsPage(),
        "search": SearchPage(q="ada", hits=hits, more=True, others=others, failed=failed),
        "search-elsewhere": SearchPage(q="donors", others=others),
        "search-nothing": SearchPage(q="xyz"),
        "search-empty": SearchPage(),
        "palette": PalettePage(q="ada", hits=(*hits, *others, leave), failed=failed),
        "palette-nothing": PalettePage(q="xyz"),
        "people-choices": PeopleChoices(
            people=(Option(value="1", label="Ada Lovelace"), Option(value="2", label="محمد"))
        ),
    }


def office_samples(now: datetime) -> dict[str, Page]:
    """Every sample of this module by name."""
    return exchange_samples(now) | settings_samples(now) | other_samples()
