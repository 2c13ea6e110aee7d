"""Small facts beside the keys: only ever newer ones, the same in every process."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.vault.keyring import Keyring

pytestmark = pytest.mark.anyio


async def test_fact_is_kept_until_a_newer_one_comes(crm: Any) -> None:
    assert await crm.keyring.remembered("head") is None
    assert await crm.keyring.remember("head", 7, "seven") is True
    assert await crm.keyring.remember("head", 7, "another seven") is False
    assert await crm.keyring.remember("head", 6, "six") is False
    assert await crm.keyring.remembered("head") == (7, "seven")
    assert await crm.keyring.remember("head", 8, "eight") is True
    assert await crm.keyring.remembered("head") == (8, "eight")


async def test_other_process_reads_the_same_fact(crm: Any) -> None:
    other = Keyring(crm.keyring.database, crm.keyring._root)
    await other.prepare()
    await crm.keyring.remember("head", 2**40, "far")
    assert await other.remembered("head") == (2**40, "far")
    assert await other.remembered("restores") is None
