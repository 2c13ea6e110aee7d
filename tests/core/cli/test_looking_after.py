"""Doctor, accounts, jobs, keys, backups and the demo data from the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from confida_core.cli.program import Program
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact, display_names
from confida_core.demo.people import ORGANISATIONS, PEOPLE
from confida_core.demo.talk import INTERACTIONS
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.presence import present
from confida_core.vault.access import system_access
from tests.core.cli.conftest import BUILT_IN, SPECIFICATIONS, Shell

ACCESS = system_access("test")


def inside(shell: Shell, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Do this with the installation open, as a server would."""
    return Program(built_in=BUILT_IN, specifications=SPECIFICATIONS, given={"home": shell.home}).run(work)


async def counts(crm: Any) -> dict[str, int]:
    tables = ("contact", "interaction", "relationship", "interaction_participant", "shared_key", "contact_change")
    found = {table: (await crm.data.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}
    # That something was erased stays in the ledger, about nobody, under a key of the installation's own.
    own = await crm.data.fetch(
        "SELECT count(*) AS n FROM shared_key WHERE record_id IN (SELECT id FROM ledger_opening)"
    )
    return found | {"shared_key": found["shared_key"] - own[0]["n"]}


def test_doctor_finds_a_new_installation_sound(shell: Shell) -> None:
    states = {finding["name"]: finding["state"] for finding in shell.json("doctor")}
    assert {name for name, state in states.items() if state == "bad"} == set()
    assert states["Recovery key"] == "warning"


def test_doctor_ends_with_5_when_others_may_read_the_home(shell: Shell) -> None:
    shell.home.chmod(0o755)
    bad = [finding for finding in shell.json("doctor", code=5) if finding["state"] == "bad"]
    assert [finding["name"] for finding in bad] == ["File modes"]


def test_doctor_names_tables_that_nobody_declares(shell: Shell) -> None:
    inside(shell, lambda crm: crm.data.fetch("CREATE TABLE left_behind (id INTEGER)"))
    bad = [finding for finding in shell.json("doctor", code=5) if finding["state"] == "bad"]
    assert [(finding["name"], "left_behind" in finding["text"]) for finding in bad] == [("Unknown tables", True)]


def test_doctor_names_a_file_of_rules_that_cannot_be_used(shell: Shell) -> None:
    """The start does not stop for it: people must be able to say no, and nothing is sent on its ground."""
    rules = shell.home / "rules"
    rules.mkdir(mode=0o700)
    (rules / "nl.toml").write_text('country = "NL"')
    (rules / "FR.toml").write_text("")
    bad = [finding for finding in shell.json("doctor", code=5) if finding["state"] == "bad"]
    assert [finding["name"] for finding in bad] == ["Rules of countries", "Rules of countries"]
    assert [finding["text"].partition(":")[0] for finding in bad] == ["FR.toml", "nl.toml"]


def test_accounts_are_made_changed_and_shut_out(shell: Shell) -> None:
    link = shell("user", "create", "--name", "Mats", "--email", "mats@example.org", "--role", "readonly").stdout
    assert link.startswith("http://localhost:8000/invitation/")
    mats = shell.json("user", "list")[0]
    assert (mats["name"], mats["role"], mats["state"]) == ("Mats", "readonly", "invited")
    assert "address" in shell("user", "create", "--name", "Mats", "--email", "mats@example.org", code=1).output
    shell("user", "disable", "zoe@example.org", code=1)


def test_setup_link_is_printed_until_there_is_an_owner(shell: Shell) -> None:
    from confida_core.accounts.signing_in import create_owner

    link = shell("user", "setup-link").stdout.strip()
    given = {"display_name": "Olga", "email": "olga@example.org", "password_again": "lantern river quiet 42"}
    inside(shell, lambda crm: create_owner(crm, link.rpartition("/")[2], password="lantern river quiet 42", **given))
    assert shell("user", "setup-link").stdout == ""
    shell("user", "create", "--name", "Mats", "--email", "mats@example.org")
    shell("user", "role", "mats@example.org", "privacy_officer")
    shell("user", "disable", "mats@example.org")
    states = {account["name"]: (account["role"], account["state"]) for account in shell.json("user", "list")}
    assert states == {"Olga": ("owner", "active"), "Mats": ("privacy_officer", "disabled")}
    shell("user", "enable", "mats@example.org")
    assert "owner" in shell("user", "disable", "olga@example.org", code=1).output
    assert shell("user", "end-sessions", "olga@example.org").stdout == "0 sessions ended.\n"


def test_dead_job_is_listed_and_retried(shell: Shell) -> None:
    from confida_core.jobs.queue import enqueue, fail, lease

    async def bury(crm: Any) -> Any:
        await enqueue(crm, "core.distribute_reads", {})
        await crm.data.fetch("UPDATE job SET max_attempts = 1")
        job = await lease(crm)
        assert job is not None
        await fail(crm, job, ValueError("Ada"))
        return job.id

    job_id = inside(shell, bury)
    listed = shell.json("jobs", "list", "--state", "dead")
    assert [(job["id"], job["error"]) for job in listed] == [(str(job_id), "ValueError")]
    shell("jobs", "retry", str(job_id))
    shell("jobs", "retry", str(job_id), code=1)
    assert [job["id"] for job in shell.json("jobs", "list")] == [str(job_id)]


def test_plugins_are_listed_with_their_distribution(shell: Shell) -> None:
    found = shell.json("plugins", "list")
    # What comes with Confida and is off may stand there too.
    listed = [(each["key"], each["distribution"], each["state"]) for each in found if not each["bundled"]]
    assert listed == [("consent", "confida", "built in"), ("core", "confida", "built in")]


def test_rotation_keeps_everything_readable(shell: Shell) -> None:
    ada = inside(shell, lambda crm: create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada")))
    shell("keys", "rotate")
    assert shell.json("keys", "status")["oldest_epoch"] == 2
    assert inside(shell, lambda crm: display_names(crm, ACCESS, [ada])) == {ada: "Ada"}


def test_backup_and_restore_by_command(shell: Shell) -> None:
    async def add(crm: Any) -> Any:
        return await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada"))

    ada = inside(shell, add)
    made = shell.json("backup")
    later = inside(shell, add)
    shell("restore", made["folder"], typed="n\n", code=1)
    with present(shell.home):
        assert "stop the server first" in shell("restore", made["folder"], "--yes", code=1).output
    assert shell.json("restore", made["folder"], "--yes")["purged"] == 0
    assert inside(shell, lambda crm: display_names(crm, ACCESS, [ada, later])) == {ada: "Ada"}


def test_demo_data_come_and_go_exactly(shell: Shell) -> None:
    async def add_own(crm: Any) -> Any:
        ada = await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada"))
        await log_interaction(crm, ACCESS, InteractionDraft(kind="note", people=(ada,), subject="Real"))
        return ada

    ada = inside(shell, add_own)
    before = inside(shell, counts)
    shell("demo", "load")
    loaded = inside(shell, counts)
    assert (loaded["contact"], loaded["interaction"]) == (PEOPLE + ORGANISATIONS + 1, INTERACTIONS + 1)
    assert "in already" in shell("demo", "load", code=1).output
    shell("demo", "load", "--if-missing")
    assert inside(shell, counts) == loaded
    shell("demo", "purge")
    assert inside(shell, counts) == before
    assert inside(shell, lambda crm: display_names(crm, ACCESS, [ada])) == {ada: "Ada"}


def test_reindex_counts_the_contacts(shell: Shell) -> None:
    inside(shell, lambda crm: create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada")))
    assert shell("reindex").stdout == "1 contacts indexed.\n"
