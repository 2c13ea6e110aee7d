"""The page about webhooks is true: its ten lines verify what we sign, and it names every event and setting."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from confida_consent.event_kinds import EVENT_KINDS
from confida_core.events.kinds import CORE_KINDS
from confida_core.outbound.webhooks.signing import new_secret, new_signing_key, sign, sign_with_key

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "webhooks.md").read_text()


def verifier() -> Any:
    """The function as it stands on the page."""
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    assert len([line for line in code[1].splitlines() if line.startswith("    ")]) <= 10
    found: dict[str, Any] = {}
    exec(code[1], found)  # noqa: S102 -- What people are told to run.
    return found["is_genuine"]


def headers(secret: str, body: bytes, at: int) -> dict[str, str]:
    signatures = [sign_with_key(new_signing_key(), "msg_1", at, body), sign(secret, "msg_1", at, body)]
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}


def test_ten_lines_tell_genuine_from_forged() -> None:
    is_genuine, secret, moment = verifier(), new_secret(), int(time.time())
    good = headers(secret, b"{}", moment)
    assert [
        is_genuine(secret, good, b"{}"),
        is_genuine(secret, good, b"{} "),
        is_genuine(new_secret(), good, b"{}"),
        is_genuine(secret, good | {"webhook-id": "msg_2"}, b"{}"),
        is_genuine(secret, headers(secret, b"{}", moment - 400), b"{}"),
    ] == [True, False, False, False, False]


def test_every_event_is_on_the_page_with_where_it_goes() -> None:
    words = {"permitted": "asks", "follows": "follows", "always": "names nobody"}
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|.*\| ([a-z ]+) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {kind.key: words[kind.goes] for kind in (*CORE_KINDS, *EVENT_KINDS)}


def test_every_setting_is_on_the_page() -> None:
    from confida_core.settings import Settings

    named = set(re.findall(r"^\| `(webhook_[a-z_]+)` \|", PAGE, re.MULTILINE))
    assert named == {name for name in Settings.model_fields if name.startswith("webhook_")}
