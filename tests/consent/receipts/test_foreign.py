"""Receipts of other controllers are kept whole, as evidence of origin (RC-7)."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confida_consent.indications import Indication
from confida_consent.receipts.foreign import ForeignReceipt, UnreadableReceipt, read_foreign_receipt
from confida_consent.receipts.jsonld import jsonld_of
from confida_consent.receipts.kantara import kantara_of
from tests.consent.receipts.papers import paper
from tests.shared_data import shared

KANTARA_EXAMPLE = "consent/kantara/CR_v1_1/kantara-consent-receipt-v1_1-example.json"


def rebuilt(receipt: ForeignReceipt) -> dict[str, str]:
    return {field.pointer: field.value for field in receipt.fields}


def leaves(value: Any, pointer: str = "") -> dict[str, str]:
    """What JSON says, read another way."""
    if isinstance(value, dict) and value:
        return {
            place: leaf
            for name, one in value.items()
            for place, leaf in leaves(one, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}").items()
        }
    if isinstance(value, list) and value:
        return {place: leaf for at, one in enumerate(value) for place, leaf in leaves(one, f"{pointer}/{at}").items()}
    return {pointer: value if isinstance(value, str) else "" if value is None else json.dumps(value)}


@pytest.mark.parametrize("name", [KANTARA_EXAMPLE, "consent/receipt_ok.jsonld"])
def test_rc7_every_field_of_a_foreign_receipt_is_kept(name: str) -> None:
    content = shared(name).read_bytes()
    receipt = read_foreign_receipt(content)
    assert (receipt.content, receipt.sha256) == (content, hashlib.sha256(content).hexdigest())
    assert rebuilt(receipt) == leaves(json.loads(content))


def test_rc7_receipt_of_ours_comes_back_as_foreign() -> None:
    for content, kind in ((jsonld_of(paper()), "jsonld"), (kantara_of(paper()), "kantara")):
        receipt = read_foreign_receipt(content)
        assert (receipt.format, receipt.content, rebuilt(receipt)) == (kind, content, leaves(json.loads(content)))


def test_foreign_receipt_tells_what_it_is_about() -> None:
    kantara = read_foreign_receipt(shared(KANTARA_EXAMPLE).read_bytes())
    assert (kantara.issuers, kantara.purposes[2], kantara.states, kantara.times) == (
        ("Ankh-Morpork Times",), "To market services", (), ("1510592400",),
    )  # fmt: skip
    dpv = read_foreign_receipt(shared("consent/receipt_ok.jsonld").read_bytes())
    assert (dpv.issuers, dpv.purposes, dpv.states, dpv.times) == (
        ("Example GmbH",), ("dpv:DirectMarketing",), ("dpv:ConsentGiven",), ("2026-01-31T09:14:52Z",),
    )  # fmt: skip


def test_rc7_foreign_receipt_is_no_consent_of_ours() -> None:
    """It shares nothing with what is handed in to be recorded, and its origin says what it is."""
    receipt = read_foreign_receipt(kantara_of(paper()))
    ours = {field.name for field in dataclasses.fields(Indication)}
    assert ours & {field.name for field in dataclasses.fields(ForeignReceipt)} == set()
    assert receipt.origin().startswith("Receipt of another controller, as evidence of origin only (kantara, SHA-256 ")
    assert f"/consentReceiptID: {paper().id}\n" in receipt.origin()


def test_numbers_are_kept_as_they_were_written() -> None:
    whole = '{"version": "KI-CR-v1.1.0", "consentReceiptID": "1", "piiControllers": [], "services": {}, "a/b~": [1.10, 1e400, -0, null, true]}'
    assert rebuilt(read_foreign_receipt(whole.encode())) == {
        "/version": "KI-CR-v1.1.0", "/consentReceiptID": "1", "/piiControllers": "[]", "/services": "{}",
        "/a~1b~0/0": "1.10", "/a~1b~0/1": "1e400", "/a~1b~0/2": "-0", "/a~1b~0/3": "", "/a~1b~0/4": "true",
    }  # fmt: skip


HEAD = b'{"@context": {}, "@type": "dpv:ConsentRecord", "x": '


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"[]", b'"dpv:ConsentRecord"', b"{}", b"{", b'{"@type": "dpv:ConsentRecord"}',
        HEAD + b"NaN}", HEAD + b"-Infinity}", HEAD + b'{"a": 1, "a": 1}}', HEAD + b"[" * 41 + b"]" * 41 + b"}",
        HEAD + b"[" * 100_000 + b"]" * 100_000 + b"}", HEAD + b"1}" + b" " * 600_000, HEAD + b"[" + b"1," * 5_000 + b"1]}",
        b'{"@context": {}, "@type": "dpv:ConsentNotice"}',
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_no_receipt_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableReceipt):
        read_foreign_receipt(content)


def test_origin_fits_into_the_evidence_whatever_came() -> None:
    content = HEAD + json.dumps(["\0\ud800" + "x" * 990] * 100).encode() + b"}"
    origin = read_foreign_receipt(content).origin()
    assert (len(origin) <= 20_000, origin.endswith("\n…"), "\0" in origin, origin.encode().decode()) == (
        True, True, False, origin,
    )  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text(), some),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary() | st.text().map(str.encode) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(UnreadableReceipt):
        read_foreign_receipt(content)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_rc7_nothing_of_any_receipt_is_lost(more: dict[str, Any]) -> None:
    whole = {**more, "@context": {}, "@type": ["dpv:ConsentRecord"]}
    content = json.dumps(whole).encode()
    receipt = read_foreign_receipt(content)
    assert (receipt.content, rebuilt(receipt)) == (content, leaves(whole))
    assert receipt.origin().encode().decode() == receipt.origin()
