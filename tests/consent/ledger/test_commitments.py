"""Commitments and moments as they are written into leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from confida_consent.ledger.commitments import commit_to, commitment_of, instant, moment
from confida_consent.ledger.verify import DOMAIN


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=UTC), "2026-11-22T03:04:05.000678Z"),
        (datetime(2026, 11, 22, 3, 4, 5, tzinfo=timezone(timedelta(hours=-5))), "2026-11-22T08:04:05.000000Z"),
        (datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00.000000Z"),
    ],
)
def test_moment_is_written_in_one_way_and_read_back(time: datetime, text: str) -> None:
    assert (instant(time), moment(text)) == (text, time)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        instant(datetime(2026, 11, 22))  # noqa: DTZ001 -- It is what must be refused.


def test_same_payload_is_committed_to_under_another_salt_each_time() -> None:
    first, second = commit_to(b"{}"), commit_to(b"{}")
    assert (first.value == commitment_of(first.salt, b"{}"), first.value == second.value) == (True, False)


def test_commitment_of_known_bytes_is_the_known_one() -> None:
    # SHA-256 over the domain, filled up to 32 bytes, the salt, and the payload, computed with another program.
    assert (len(DOMAIN), commitment_of(bytes(32), b'{"a":1}').hex()) == (32, KNOWN)


KNOWN = "030f5fead1bd2cba35d872fb17e2fddcb65e521af6fda10debb497d3dd5f5cd4"
