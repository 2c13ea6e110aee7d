"""Rate limits: a quota that comes back evenly, said in the headers, forgotten when it is whole again."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.ids import new_id
from confida_web.security import limits
from confida_web.security.limits import Allowance, Meter, Policy, TooManyRequests, note_wrong_token, spend_request

POLICY = Policy("token", 6, 60)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_quota_is_used_up_and_comes_back_evenly() -> None:
    clock = Clock()
    meter = Meter(POLICY, clock)
    assert [meter.spend("a").remaining for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    assert meter.spend("a") == Allowance(POLICY, 0, 60, 10)
    assert meter.spend("b").remaining == 5
    clock.now += 10
    assert meter.spend("a") == Allowance(POLICY, 0, 60, 0)
    clock.now += 600
    assert meter.spend("a") == Allowance(POLICY, 5, 10, 0)


def test_refused_requests_take_nothing_so_that_waiting_helps() -> None:
    clock = Clock()
    meter = Meter(POLICY, clock)
    for _ in range(100):
        meter.spend("a")
    clock.now += 10.001
    assert meter.spend("a").wait == 0


def test_waiting_as_long_as_it_says_is_always_enough() -> None:
    clock = Clock()
    meter = Meter(Policy("token", 7, 60), clock)
    for _ in range(50):
        clock.now += 0.37
        wait = meter.spend("a").wait
        if wait:
            clock.now += wait
            assert meter.spend("a").wait == 0


def test_memory_is_bounded_and_whoever_used_most_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 100)
    clock = Clock()
    meter = Meter(POLICY, clock)
    for _ in range(6):
        meter.spend("busy")
    for number in range(1000):
        meter.spend(number)
        assert len(meter._full_at) <= 100
    assert meter.spend("busy").wait > 0


def test_headers_say_policy_and_rest() -> None:
    assert Allowance(POLICY, 4, 13, 0).headers == {
        "RateLimit-Policy": '"token";q=6;w=60',
        "RateLimit": '"token";r=4;t=13',
    }


@pytest.mark.anyio
async def test_each_token_has_the_quota_of_the_settings(crm: Any) -> None:
    token = new_id()
    quota = crm.settings.api_requests_per_minute
    assert spend_request(crm, token).headers["RateLimit-Policy"] == f'"token";q={quota};w=60'

    def use_up() -> None:
        for _ in range(quota * 2):
            spend_request(crm, token)

    with pytest.raises(TooManyRequests) as refused:
        use_up()
    assert refused.value.headers["Retry-After"] == str(refused.value.retry_seconds) == "1"
    assert spend_request(crm, new_id()).remaining == quota - 1


@pytest.mark.anyio
async def test_wrong_tokens_count_per_network(crm: Any) -> None:
    for number in range(limits.WRONG_TOKENS):
        note_wrong_token(crm, f"2001:db8::{number:x}")
    with pytest.raises(TooManyRequests):
        note_wrong_token(crm, "2001:db8::ffff")
    note_wrong_token(crm, "2001:db8:0:1::1")
    note_wrong_token(crm, "192.0.2.1")
