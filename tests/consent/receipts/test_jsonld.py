"""ISO/IEC TS 27560 receipts in JSON-LD, profile record-eu-gdpr (RC-1 to RC-3, CR-10 to CR-13)."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rdflib import Graph

from confida_consent.controller import Controller
from confida_consent.ledger.verify import check_receipt, parse_verifier_key
from confida_consent.own_purposes import PURPOSES
from confida_consent.receipts import terms
from confida_consent.receipts.foreign import UnreadableReceipt, parsed
from confida_consent.receipts.jsonld import NoConsent, jsonld_of
from confida_consent.vocabulary import CHANNEL_LABELS, Kind
from tests.consent.receipts.papers import NOTICE, SAID_AT, objection, paper, status
from tests.consent.receipts.rdf import DPV, conforms, graph_of, unknown_terms, vocabulary
from tests.shared_data import shared

CONSENT_KINDS = tuple(terms.STATUS)
RECORD = "dpv:hasRecordOfActivity"
R, P, E, S = RECORD, f"{RECORD}/dpv:hasProcess/0", f"{RECORD}/dpv:hasEntity", f"{RECORD}/dpv:hasConsentStatus/0"
MANDATORY = (
    "dct:conformsTo",
    "dct:identifier",
    "dct:created",
    "dpv:hasRecordOfActivity",
    f"{R}/dct:conformsTo",
    f"{R}/dct:identifier",
    f"{R}/dpv:hasDataSubject",
    f"{R}/dpv:hasNotice",
    f"{R}/dpv:hasNotice/dct:language",
    f"{R}/dpv:hasProcess",
    f"{P}/dpv:hasPurpose",
    f"{P}/dpv:hasPersonalData",
    f"{P}/dpv:hasDataSource",
    f"{P}/dpv:hasProcessing",
    f"{P}/dpv:hasStorageCondition",
    f"{P}/dpv:hasStorageCondition/0",
    f"{P}/dpv:hasStorageCondition/0/dpv:hasLocation",
    f"{P}/dpv:hasStorageCondition/1",
    f"{P}/dpv:hasStorageCondition/1/dpv:hasDuration",
    f"{P}/dpv:hasRecipient",
    f"{R}/dpv:hasDataController",
    f"{R}/dpv:hasEntity",
    f"{E}/dpv:hasName",
    f"{E}/dpv:hasIdentifier",
    f"{E}/schema:contactPoint",
    f"{R}/dpv:hasLegalBasis",
    f"{R}/dpv:hasJurisdiction",
    f"{R}/dpv:hasAuthority",
    f"{R}/dpv:hasAuthority/dpv:hasName",
    f"{R}/dpv:hasAuthority/dpv:hasContact",
    f"{R}/dpv:hasConsentControl",
    f"{R}/dpv:hasConsentControl/dpv:isExercisedAt",
    f"{R}/dpv:hasRight",
    f"{R}/dpv:hasConsentStatus",
    f"{S}/@type",
    f"{S}/dpv:isIndicatedBy",
    f"{S}/dpv:isIndicatedAtTime",
    f"{S}/dpv:hasDuration",
)


def document(**changes: Any) -> dict[str, Any]:
    return parsed(jsonld_of(paper(**changes)))


def without(whole: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy in which one part is missing."""
    left: Any = copy.deepcopy(whole)
    steps = [int(step) if step.isdigit() else step for step in _steps(path)]
    place = left
    for step in steps[:-1]:
        place = place[step]
    del place[steps[-1]]
    return left  # type: ignore[no-any-return]


def _steps(path: str) -> list[str]:
    return path.split("/")


@pytest.mark.parametrize("kind", CONSENT_KINDS)
def test_rc1_receipt_of_every_state_fits_the_shapes_and_the_vocabulary(kind: str) -> None:
    graph = graph_of(jsonld_of(paper(kind)))
    assert (conforms(graph), unknown_terms(graph)) == (True, set())


@pytest.mark.parametrize("path", MANDATORY)
def test_cr10_receipt_without_a_mandatory_part_is_refused(path: str) -> None:
    assert conforms(graph_of(without(document(), path))) is False


def test_cr10_given_sample_lacks_nothing_but_the_authority() -> None:
    sample = json.loads(shared("consent/receipt_ok.jsonld").read_bytes())
    process = sample[RECORD]["dpv:hasProcess"][0]
    process["dpv:hasDataSource"] = {"@type": "dpv:DataSubjectDataSource"}
    assert conforms(graph_of(sample)) is False
    sample[RECORD]["dpv:hasAuthority"] = document()[RECORD]["dpv:hasAuthority"]
    assert conforms(graph_of(sample)) is True


def test_cr11_unknown_term_passes_the_shapes_and_fails_the_vocabulary() -> None:
    whole = document()
    whole[RECORD]["dpv:hasProcess"][0]["dpv:hasPurpose"] = {"@id": "dpv:Analytics"}
    graph = graph_of(whole)
    assert (conforms(graph), unknown_terms(graph)) == (True, {f"{DPV}Analytics"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dpv:hasLegalName", "Example"),
        ("dpv:hasPersonalData", "pd:Email"),
        ("dpv:hasJurisdiction", "loc:France"),
        ("schema:phone", "1"),
        ("@type", "dpv:JointDataController"),
    ],
)
def test_cr12_terms_that_dpv_does_not_have_are_found(name: str, value: str) -> None:
    whole = document()
    whole[RECORD]["dpv:hasEntity"][name] = value
    assert len(unknown_terms(graph_of(whole))) == 1


def test_cr12_every_term_of_every_purpose_of_ours_is_known() -> None:
    named = {f"{DPV}{purpose.dpv_purpose}" for purpose in PURPOSES}
    for purpose in PURPOSES:
        for channel in CHANNEL_LABELS:
            named |= {f"https://w3id.org/dpv/pd#{term}" for term in terms.personal_data(purpose.personal_data, channel)}
    assert named - vocabulary() == set()


def test_states_are_those_of_dpv() -> None:
    kinds = {kind: document(kind=kind)[RECORD]["dpv:hasConsentStatus"][0]["@type"][0] for kind in CONSENT_KINDS}
    assert kinds == {
        "requested": "dpv:ConsentRequested",
        "deferred": "dpv:ConsentRequestDeferred",
        "given": "dpv:ConsentGiven",
        "renewed": "dpv:RenewedConsentGiven",
        "refused": "dpv:ConsentRefused",
        "withdrawn": "dpv:ConsentWithdrawn",
        "expired": "dpv:ConsentExpired",
        "revoked": "dpv:ConsentRevoked",
        "invalidated": "dpv:ConsentInvalidated",
    }
    assert {f"{DPV}{term.partition(':')[2]}" for term in kinds.values()} - vocabulary() == set()


def test_withdrawal_is_the_persons_and_an_end_by_the_organisation_is_not() -> None:
    by = {kind: document(kind=kind)[RECORD]["dpv:hasConsentStatus"][0]["dpv:isIndicatedBy"] for kind in CONSENT_KINDS}
    ours = {kind for kind, who in by.items() if who == "https://crm.example.org/#controller"}
    assert ours == {Kind.EXPIRED, Kind.REVOKED, Kind.INVALIDATED}
    assert set(by.values()) - {"https://crm.example.org/#controller"} == {f"urn:uuid:{paper().subject_id}"}


def test_question_is_the_organisations_unless_the_person_asked_for_it() -> None:
    asked = [
        status(kind, actor_kind=who) for kind in ("requested", "withdrawn") for who in ("subject", "staff", "system")
    ]
    assert [one.by_controller for one in asked] == [False, True, True, False, False, False]


def test_yes_that_was_withdrawn_later_says_so() -> None:
    later = (status("withdrawn", indicated_at=SAID_AT + timedelta(days=9), method="one_click"),)
    states = document(later=later)[RECORD]["dpv:hasConsentStatus"]
    assert [(state["@type"][0], state["dpv:isIndicatedAtTime"]) for state in states] == [
        ("dpv:ConsentGiven", "2026-01-31T09:14:52Z"),
        ("dpv:ConsentWithdrawn", "2026-02-09T09:14:52Z"),
    ]


def test_explicit_consent_to_special_categories_has_both_bases() -> None:
    receipt = paper(status=status(consent_type="explicit"))
    receipt = replace(receipt, purpose=replace(receipt.purpose, special_category=True))
    graph = graph_of(jsonld_of(receipt))
    assert parsed(jsonld_of(receipt))[RECORD]["dpv:hasLegalBasis"] == [
        "eu-gdpr:A6-1-a-explicit-consent",
        "eu-gdpr:A9-2-a",
    ]
    assert (conforms(graph), unknown_terms(graph)) == (True, set())


def test_receipt_of_an_installation_that_knows_little_of_itself_is_complete() -> None:
    bare = Controller(name="Example", website="http://localhost:8000", privacy_policy="http://localhost:8000/my/")
    graph = graph_of(jsonld_of(paper(controller=bare, notice=None, language="")))
    assert (conforms(graph), unknown_terms(graph)) == (True, set())


def test_cr6_what_is_no_consent_is_never_written_as_one() -> None:
    withdrawn_interest = replace(objection(), status=status("withdrawn"))
    for receipt in (objection(), withdrawn_interest, paper("ground_noted"), paper(basis="contract")):
        with pytest.raises(NoConsent):
            jsonld_of(receipt)


def test_cr13_receipt_names_nothing_twice_and_a_reader_would_notice() -> None:
    text = jsonld_of(paper())
    assert parsed(text)["@type"] == "dpv:ConsentReceipt"
    with pytest.raises(UnreadableReceipt):
        parsed(text.replace(b'"dct:created": "', b'"dct:identifier": "', 1))


def test_rc5_one_file_holds_notice_and_proof_byte_by_byte() -> None:
    enclosed = {part["schema:name"]: part["schema:text"].encode() for part in document()["schema:associatedMedia"]}
    assert enclosed == {"notice.txt": NOTICE, "receipt.tlog-proof": paper().ledger.proof}
    key = parse_verifier_key(paper().ledger.verifier_key)
    proven = check_receipt(enclosed["receipt.tlog-proof"], enclosed["notice.txt"], [key])
    assert proven.payload["notice_sha256"] == hashlib.sha256(NOTICE).hexdigest()


def test_record_keeps_its_random_number_in_every_receipt() -> None:
    first, second = paper(), paper()
    assert (first.record_id, first.record_id.version) == (second.record_id, 4)
    assert document()[RECORD]["dct:identifier"] == [str(first.record_id), str(first.event_id)]


def test_words_of_people_stay_words() -> None:
    name = '"}],"@id":"https://example.org/#other\u2028\\'
    receipt = paper(controller=replace(paper().controller, name=name, street="dpv:Analytics"))
    graph: Graph = graph_of(jsonld_of(receipt))
    assert (conforms(graph), unknown_terms(graph)) == (True, set())
    assert parsed(jsonld_of(receipt))[RECORD]["dpv:hasEntity"]["dpv:hasName"] == name
