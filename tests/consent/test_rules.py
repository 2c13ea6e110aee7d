"""The countries' files: sound, cited, complete; an installation's own, and faults that are named."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from confida_consent.answers import Reason
from confida_consent.events import record_event
from confida_consent.gate import may
from confida_consent.grounds import GroundRefused, note_ground, what_the_law_asks
from confida_consent.registers import note_register_read
from confida_consent.rules.checking import InvalidRules, read_rules
from confida_consent.rules.model import CHANNELS, ORGANISATION, PERSON, Needs
from confida_consent.rules.reading import OURS, all_rules, own_files_faults, rules_of
from confida_consent.rules.table import table
from confida_core.clock import now
from confida_core.contacts.content import ContactKind, PostalAddress
from confida_core.installation import open_installation
from tests.conftest import own_registry
from tests.consent.gate_cast import make_contact
from tests.consent.people import person, says, staff

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"
FILES = sorted(OURS.glob("*.toml"))
PROMISED = {"DE", "AT", "CH", "FR", "IT", "ES", "NL", "BE", "PL", "IE", "GB", "US", ""}


def at_home(path: Path) -> Any:
    return SimpleNamespace(home=path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_sound_and_was_looked_at(path: Path) -> None:
    country = "" if path.stem == "default" else path.stem.upper()
    rules = read_rules(path.name, country, path.read_text("utf-8"))
    assert date(2026, 1, 1) <= rules.reviewed_on <= now().date()
    for channel in CHANNELS:
        for audience in (PERSON, ORGANISATION):
            assert channel in rules.rule(channel, audience).channels


def test_every_promised_country_has_its_file(tmp_path: Path) -> None:
    assert set(all_rules(at_home(tmp_path))) == PROMISED


def test_unknown_country_gets_the_strictest_rules(tmp_path: Path) -> None:
    for country in ("", "ZZ", "deutschland", "../de"):
        rules = rules_of(at_home(tmp_path), country)
        assert {rules.rule(channel, PERSON).needs for channel in CHANNELS} == {Needs.CONSENT}


def test_documentation_holds_the_data() -> None:
    assert DOCS.read_text("utf-8").partition("a test holds it against the data.\n\n")[2] == table()


def german(**changes: str) -> str:
    text = (OURS / "de.toml").read_text("utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("country =", "county ="), "unknown field"),
        (('needs = "presumed"', 'needs = "whatever"'), "Invalid enum value"),
        (('channels = ["sms", "messenger"]', 'channels = ["sms"]'), "There is no rule for messenger and person."),
        (
            ('channels = ["sms", "messenger"]', 'channels = ["sms", "email"]'),
            "There is more than one rule for email and person.",
        ),
        (('channels = ["email"]', 'channels = ["fax"]'), "Rule 1: channels are of email"),
        (('audience = "person"', 'audience = "dog"'), "Rule 3: audience is person"),
        (('facts = ["presumed_interest"]', "facts = []"), "Rule 4: facts belong to"),
        (('facts = ["presumed_interest"]', 'facts = ["guess"]'), "Rule 4: facts are of"),
        (("proof_years = 5", "proof_years = 500"), "Rule 3: a period is longer"),
        (("proof_years = 5", 'register = "A list"'), "Rule 3: register and register_days belong together."),
        (("https://www.gesetze", "http://www.gesetze"), "Rule 1: url begins with https://."),
        (('country = "DE"', 'country = "FR"'), "It says that it is about FR"),
        (('country = "DE"', "country = DE"), "Invalid value"),
    ],
)
def test_fault_of_a_file_is_named(change: tuple[str, str], fault: str) -> None:
    with pytest.raises(InvalidRules) as refused:
        read_rules("de.toml", "DE", german(**{change[0]: change[1]}))
    assert fault in str(refused.value)


def test_own_file_takes_the_place_of_ours_and_its_faults_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "de.toml").write_text(
        german(**{'needs = "presumed"\nfacts = ["presumed_interest"]': 'needs = "consent"'})
    )
    (folder / "fr.toml").write_text("country = ")
    (folder / "germany.toml").write_text("")
    settings = at_home(tmp_path)
    assert rules_of(settings, "DE").rule("phone", ORGANISATION).needs is Needs.CONSENT
    with pytest.raises(InvalidRules):
        rules_of(settings, "FR")
    assert [fault.split(":")[0] for fault in own_files_faults(settings)] == ["fr.toml", "germany.toml"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("country", "kind", "channel", "reason"),
    [
        ("DE", ContactKind.PERSON, "email", Reason.LAW_ASKS_FACTS),
        ("DE", ContactKind.PERSON, "sms", Reason.LAW_ASKS_CONSENT),
        ("DE", ContactKind.PERSON, "phone", Reason.LAW_ASKS_CONSENT),
        ("DE", ContactKind.ORGANISATION, "phone", Reason.LAW_ASKS_FACTS),
        ("DE", ContactKind.PERSON, "post", Reason.NOT_OBJECTED),
        ("PL", ContactKind.ORGANISATION, "email", Reason.LAW_ASKS_CONSENT),
        ("FR", ContactKind.ORGANISATION, "email", Reason.NOT_OBJECTED),
        ("GB", ContactKind.PERSON, "phone", Reason.REGISTER_NOT_READ),
        ("US", ContactKind.PERSON, "email", Reason.NOT_OBJECTED),
        ("JP", ContactKind.PERSON, "email", Reason.LAW_ASKS_CONSENT),
        ("", ContactKind.PERSON, "email", Reason.LAW_ASKS_FACTS),
    ],
)
async def test_cr6_gate_applies_the_rule_of_the_country(
    crm: Any, country: str, kind: ContactKind, channel: str, reason: Reason
) -> None:
    one = await make_contact(crm, kind=kind, country=country)
    answer = await may(crm, one, "customer_offers", channel)
    assert (answer.reason, answer.allowed) == (reason, reason is Reason.NOT_OBJECTED)
    name = {"": "Germany", "JP": "Any other country"}.get(country) or rules_of(crm.settings, country).name
    assert answer.citation.startswith(f"{name}: ")


@pytest.mark.anyio
async def test_person_with_addresses_in_two_countries_is_judged_by_the_stricter(crm: Any) -> None:
    places = [PostalAddress(country="US", locality="Austin"), PostalAddress(country="DE", locality="Bonn")]
    one = await make_contact(crm, addresses=places)
    answer = await may(crm, one, "customer_offers", "email")
    assert (answer.reason, answer.citation.split(":")[0]) == (Reason.LAW_ASKS_FACTS, "Germany")


@pytest.mark.anyio
async def test_register_that_was_read_lately_opens_the_way_and_goes_stale(crm: Any) -> None:
    one = await make_contact(crm, country="GB", number="+441632960001")
    await note_register_read(crm, "Telephone Preference Service (TPS)")
    assert (await may(crm, one, "customer_offers", "phone")).reason == Reason.NOT_OBJECTED
    later = now() + timedelta(days=29)
    assert (await may(crm, one, "customer_offers", "phone", later)).reason == Reason.REGISTER_NOT_READ


@pytest.mark.anyio
async def test_cr6_noted_facts_open_the_way_of_an_existing_customer_and_are_no_consent(crm: Any) -> None:
    ada = await make_contact(crm, country="DE")
    asked = await what_the_law_asks(crm, staff(), ada, "customer_offers", "email")
    assert asked.facts == ("sale", "similar", "told")
    noted = await note_ground(crm, staff(), ada, "customer_offers", "email", facts=asked.facts, detail="Order 17")
    answer = await may(crm, ada, "customer_offers", "email")
    assert (answer.allowed, answer.reason, answer.basis) == (True, Reason.EXISTING_CUSTOMER, "legitimate_interest")
    assert (answer.event_id, answer.since) == (noted.id, noted.indicated_at)
    assert answer.citation.startswith("Germany: Gesetz gegen den unlauteren Wettbewerb (UWG), § 7(2) no. 2, § 7(3)")
    assert not (await may(crm, ada, "newsletter", "email")).allowed
    await record_event(crm, person(ada), says(ada, "objected", purpose="customer_offers"))
    assert (await may(crm, ada, "customer_offers", "email")).reason == Reason.OBJECTED


@pytest.mark.anyio
async def test_facts_go_stale_where_the_law_says_so(crm: Any) -> None:
    ada = await make_contact(crm, country="IE")
    since = now() - timedelta(days=300)
    facts = (await what_the_law_asks(crm, staff(), ada, "customer_offers", "email")).facts
    await note_ground(crm, staff(), ada, "customer_offers", "email", facts=facts, detail="Order 17", since=since)
    answer = await may(crm, ada, "customer_offers", "email")
    assert (answer.reason, answer.since) == (Reason.EXISTING_CUSTOMER, since)
    assert answer.until is not None
    assert (await may(crm, ada, "customer_offers", "email", answer.until)).reason == Reason.FACTS_TOO_OLD


@pytest.mark.anyio
async def test_ground_is_noted_only_with_every_fact_and_only_where_it_helps(crm: Any) -> None:
    ada = await make_contact(crm, country="DE")
    for channel, facts, missing in (
        ("email", {"sale"}, {"similar", "told"}),
        ("phone", {"sale"}, set()),
        ("post", {"sale"}, set()),
    ):
        with pytest.raises(GroundRefused) as refused:
            await note_ground(crm, staff(), ada, "customer_offers", channel, facts=facts, detail="Order 17")
        assert refused.value.facts == missing
    with pytest.raises(GroundRefused):
        await note_ground(crm, staff(), ada, "customer_offers", "email", facts={"sale", "similar", "told"}, detail=" ")


@pytest.mark.anyio
async def test_broken_own_file_stops_what_rests_on_it(settings: Any) -> None:
    (settings.home / "rules").mkdir()
    (settings.home / "rules" / "de.toml").write_text("country = ")
    async with open_installation(settings, own_registry()) as crm:
        ada = await make_contact(crm, country="DE")
        with pytest.raises(InvalidRules):
            await may(crm, ada, "customer_offers", "email")
        assert (await may(crm, ada, "agreement", "email")).allowed
