"""The vendored browser files are what vendor.lock says, and nothing else lies beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from confida_web.page import STATIC_FOLDER

ROOT = Path(__file__).resolve().parents[2]
LOCK = STATIC_FOLDER / "vendor" / "vendor.lock"

# As measured before they were chosen (ui.md 1); the lock file must not drift from the choice.
CHOSEN = {
    "htmx.min.js": "a0abb04f2f45a1f8",
    "hx-sse.min.js": "18ef2761356ec1fe",
    "hx-preload.min.js": "6526defdf2cafd6a",
    "hx-pending.min.js": "6be1cca5a0499e66",
    "oat.min.css": "271d2b00e839547c",
    "sortable.min.js": "bf4241bc73fef7f1",
}


def lock_lines() -> list[list[str]]:
    return [line.split() for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("line", lock_lines(), ids=lambda line: line[-1])
def test_vendored_file_has_the_locked_hash(line: list[str]) -> None:
    _package, _version, _licence, integrity, digest, path = line
    assert integrity.startswith("sha512-")
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == digest


def test_lock_names_every_vendored_file() -> None:
    locked = {ROOT / line[-1] for line in lock_lines()}
    present = {path for path in LOCK.parent.rglob("*") if path.is_file() and path != LOCK}
    assert present - locked == set()


def test_chosen_versions_are_the_measured_ones() -> None:
    found = {Path(line[-1]).name: line[4][:16] for line in lock_lines() if Path(line[-1]).name in CHOSEN}
    assert found == CHOSEN
