"""Kantara Consent Receipt 1.1 (RC-4)."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import jsonschema
import pytest

from confida_consent.controller import Controller
from confida_consent.receipts.foreign import parsed
from confida_consent.receipts.jsonld import NoConsent
from confida_consent.receipts.kantara import kantara_of
from confida_consent.vocabulary import Kind
from tests.consent.receipts.papers import SAID_AT, objection, paper, status
from tests.shared_data import shared

FOLDER = "consent/kantara/CR_v1_1"


@cache
def schema() -> Any:
    lines = shared(f"{FOLDER}/kantara-consent-receipt-v1_1-schema.json").read_text().splitlines()
    comments = [line for line in lines if line.lstrip().startswith("//")]
    assert len(comments) == 2
    return json.loads("\n".join(line for line in lines if line not in comments))


def faults(document: Any) -> list[str]:
    found = jsonschema.Draft4Validator(schema()).iter_errors(document)
    return sorted("/".join(map(str, fault.absolute_path)) for fault in found)


def test_rc4_schema_takes_its_own_example() -> None:
    assert faults(json.loads(shared(f"{FOLDER}/kantara-consent-receipt-v1_1-example.json").read_bytes())) == []


@pytest.mark.parametrize("kind", ["given", "renewed"])
def test_rc4_receipt_fits_the_schema(kind: str) -> None:
    assert faults(json.loads(kantara_of(paper(kind)))) == []


def test_rc4_receipt_with_recipients_and_special_categories_fits_the_schema() -> None:
    purpose = replace(paper().purpose, recipients=("Printer", "Post office"), special_category=True)
    found = json.loads(kantara_of(paper(purpose=purpose)))
    asked = found["services"][0]["purposes"][0]
    assert faults(found) == []
    assert (asked["thirdPartyDisclosure"], asked["thirdPartyName"]) == (True, "Printer, Post office")
    assert (found["sensitive"], found["spiCat"]) == (True, ["Name", "EmailAddress"])


def test_rc4_receipt_without_a_required_member_is_refused() -> None:
    whole = json.loads(kantara_of(paper()))
    for place, names in (
        ((), schema()["required"]),
        (("piiControllers", 0), ["piiController", "contact", "address", "email", "phone"]),
        (("services", 0), ["service", "purposes"]),
    ):
        for name in names:
            changed = copy.deepcopy(whole)
            inner = changed
            for step in place:
                inner = inner[step]
            del inner[name]
            assert faults(changed) == ["/".join(map(str, place))], name


def test_rc4_time_is_in_whole_seconds() -> None:
    found = json.loads(kantara_of(paper(status=status(indicated_at=SAID_AT.replace(microsecond=999_999)))))
    assert found["consentTimestamp"] == int(SAID_AT.timestamp())


def test_receipt_names_what_it_is_about() -> None:
    found = parsed(kantara_of(paper()))
    asked = found["services"][0]["purposes"][0]
    assert (found["jurisdiction"], found["piiPrincipalId"]) == ("DE", f"urn:uuid:{paper().subject_id}")
    assert (asked["consentType"], asked["purposeCategory"], asked["piiCategory"]) == (
        "EXPRESSED", ["DirectMarketing"], ["Name", "EmailAddress"],
    )  # fmt: skip
    assert asked["termination"] == "31 January 2028, 10:14:52 CET"
    assert found["piiControllers"] == [
        {
            "piiController": "Example Association",
            "onBehalf": False,
            "contact": "Zoe Example",
            "address": {
                "streetAddress": "Example Street 1, Back yard",
                "postalCode": "04109",
                "addressLocality": "Leipzig",
                "addressCountry": "DE",
            },
            "email": "privacy@example.org",
            "phone": "+493415550100",
            "piiControllerUrl": "https://example.org",
        }
    ]


def test_receipt_of_an_installation_that_knows_little_of_itself_fits_the_schema() -> None:
    bare = Controller(name="Example", website="http://localhost:8000", privacy_policy="http://localhost:8000/my/")
    assert faults(json.loads(kantara_of(paper(controller=bare, notice=None)))) == []


def test_format_that_knows_only_consent_is_given_nothing_else() -> None:
    papers = [paper(kind) for kind in Kind if kind not in {"given", "renewed"}]
    withdrawn = paper(later=(status("withdrawn"),))
    over = paper(status=status(valid_until=SAID_AT + timedelta(hours=1)))
    for receipt in (*papers, objection(), withdrawn, over, paper(basis="legitimate_interest")):
        with pytest.raises(NoConsent):
            kantara_of(receipt)
