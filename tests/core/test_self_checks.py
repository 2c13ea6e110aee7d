"""What plugins look at when the doctor comes: one that fails is named, and the others are told all the same."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.api import Finding, SelfCheck, system_access
from confida_core.doctor import examine
from tests.web.plugged import with_plugin

pytestmark = pytest.mark.anyio


async def broken(_: Any) -> list[Finding]:
    raise LookupError("Ada Lovelace")


async def sound(_: Any) -> list[Finding]:
    return [Finding("Deals", "good", "Every deal has a number.")]


async def test_check_that_raises_is_a_finding_with_its_plugin_and_without_its_words(crm: Any) -> None:
    checks = [SelfCheck(key="sales.broken", findings=broken), SelfCheck(key="sales.sound", findings=sound)]
    before = len(await examine(crm, system_access("test")))
    found = await examine(with_plugin(crm, self_checks=checks), system_access("test"))
    assert found[before:] == [
        Finding(
            "Sales", "bad", "The check sales.broken failed with LookupError.",
            "Tell whoever made confida 0.1.0 (plugin sales).",
        ),
        Finding("Deals", "good", "Every deal has a number."),
    ]  # fmt: skip
