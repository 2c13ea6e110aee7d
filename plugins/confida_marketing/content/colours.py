"""Colours as people choose them, and whether one can be read on the other (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

PAPER, INK = "#ffffff", "#1f1d1a"
DARK_PAPER, DARK_INK, DARK_BACKDROP = "#24221f", "#ecebe8", "#161513"
ENOUGH = 4.5
COLOUR = re.compile("#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    return COLOUR.fullmatch(text) is not None


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _shares(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shares(colour: str) -> list[float]:
    return [channel / 255 for channel in channels(colour)]


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def words_on(colour: str) -> str:
    """White or nearly black, whichever is read better on it."""
    return max((PAPER, INK), key=lambda words: contrast(words, colour))


def mixed(colour: str, other: str, share: float) -> str:
    parts = (round(one + (two - one) * share) for one, two in zip(channels(colour), channels(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def readable_on(colour: str, paper: str) -> str:
    """The colour, or what it becomes when it is moved away from the paper until it can be read."""
    target = PAPER if luminance(paper) < 0.2 else "#000000"
    for step in range(11):
        shade = mixed(colour, target, step / 10)
        if contrast(shade, paper) >= ENOUGH:
            return shade
    return target
