"""The number by which a person and we speak of a request: random, readable aloud, and no key to anything."""

from __future__ import annotations

import re
import secrets

# Without what is mistaken for something else, in writing or on the telephone.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
HALF = 4
_FORM = re.compile(rf"R-?([{LETTERS}]{{4}})-?([{LETTERS}]{{4}})")


def new_reference() -> str:
    """Such as R-7KQ4-M2XD: 39 random bits."""
    halves = ("".join(secrets.choice(LETTERS) for _ in range(HALF)) for _ in range(2))
    return "-".join(("R", *halves))


def reference_in(text: str) -> str:
    """The reference as it is stored, however it was typed; "" if the text is none."""
    found = _FORM.fullmatch("".join(text.upper().split()))
    return f"R-{found[1]}-{found[2]}" if found else ""
