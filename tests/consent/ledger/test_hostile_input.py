"""Whatever is handed to the verifier, it answers: it holds, or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_consent.ledger import verify
from confida_consent.ledger.checkpoints import Signer, sign_checkpoint, sign_note
from confida_consent.ledger.verify import Refused

LOG = Signer.from_secret("confida/log/0", bytes(range(32)))
NOTE = sign_checkpoint(LOG, 3, bytes(32))
PROOF = b"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 1\n" + b"A" * 43 + b"=\n\n" + NOTE

PARSERS: list[Callable[[bytes], object]] = [
    verify.parse_proof,
    verify.parse_payload,
    lambda data: verify.open_checkpoint(data, [LOG.key]),
    lambda data: verify.check_receipt(data, None, [LOG.key]),
    lambda data: verify.parse_verifier_key(data.decode("utf-8", "replace")),
    lambda data: verify.parse_checkpoint(data.decode("utf-8", "replace")),
]


def spliced(parts: tuple[bytes, int, int, bytes]) -> bytes:
    whole, at, length, put = parts
    at %= len(whole) + 1
    return whole[:at] + put + whole[at + length :]


GENUINE = st.sampled_from([NOTE, PROOF, b'{"type":"consent","recorded_at":"2026-11-22T03:00:00.000000Z"}'])
LIKELY = st.tuples(GENUINE, st.integers(0, 400), st.integers(0, 40), st.binary(max_size=8)).map(spliced)


@pytest.mark.parametrize("parse", PARSERS)
@given(data=st.binary(max_size=300) | LIKELY | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_anything_is_accepted_or_refused(parse: Callable[[bytes], object], data: bytes) -> None:
    # Anything else that is raised fails the test.
    with suppress(Refused):
        parse(data)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_text_is_signed_opens_again(text: str) -> None:
    try:
        note = sign_note(text + "\n", LOG)
    except ValueError:
        return
    assert verify.open_note(note, [LOG.key]) == (text + "\n", [LOG.name])
