"""Units as people write them, and their codes of UN/ECE Recommendation 20, which electronic invoices name them by."""

from __future__ import annotations

from collections.abc import Mapping

ONE = "C62"
_WORDS: Mapping[str, str] = {
    "HUR": "hour hours hr hrs h stunde stunden std",
    "DAY": "day days d tag tage",
    "WEE": "week weeks woche wochen",
    "MON": "month months monat monate mon",
    "ANN": "year years jahr jahre",
    "MIN": "minute minutes min minuten",
    "KGM": "kg kilogram kilograms kilogramm",
    "GRM": "g gram grams gramm",
    "TNE": "t tonne tonnes tonnen",
    "LTR": "l litre litres liter",
    "MTR": "m metre metres meter",
    "KMT": "km kilometre kilometres kilometer",
    "MTK": "m2 m² qm",
    "MTQ": "m3 m³ cbm",
    "KWH": "kwh",
    "SET": "set sets satz",
    "PR": "pair pairs paar",
    "LS": "flat pauschal pauschale",
    "H87": "piece pieces pc pcs stück stk st",
}
CODES: Mapping[str, str] = {word: code for code, words in _WORDS.items() for word in words.split()}


def unit_code(unit: str) -> tuple[str, bool]:
    """The code, and whether it says what the words do; otherwise it is that of plain things, and the words have to stand too."""
    word = unit.strip().rstrip(".").casefold()
    return (ONE, True) if not word else (CODES.get(word, ONE), word in CODES)
