"""How long things are kept, as data: one rule for each retention class of a country (RT-1).

No country's rule is anybody else's: where none is chosen there is none.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from confida_consent.durations import after, is_duration
from confida_core.settings import Settings

OURS = Path(__file__).parent / "retention_rules"
CODE = re.compile(r"[A-Z]{2}\Z")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
LARGEST = 200_000
LONGEST = 800
END_OF_YEAR = "end_of_calendar_year_of_"

# Class of data whose end the program knows how to bring about -> what may be done with it, and from when.
ENDABLE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "relationship": (frozenset({"erase", "review"}), frozenset({"last_contact", "created"})),
    "evidence": (frozenset({"erase_evidence", "review"}), frozenset({"last_event"})),
    "request": (frozenset({"erase", "review"}), frozenset({"closed"})),
    "read_log": (frozenset({"erase", "review"}), frozenset({"created"})),
}
# Of every other class the rows are known whose records say from when their time counts.
ELSEWHERE = (frozenset({"erase", "review"}), frozenset({"created", "closed", "last_event", "last_contact"}))

Action = Literal["erase", "erase_evidence", "review"]


class InvalidRetention(ValueError):
    """A file of retention rules cannot be used. faults: one sentence each."""

    def __init__(self, name: str, faults: list[str]) -> None:
        super().__init__(f"{name}: {' '.join(faults)}")
        self.name, self.faults = name, faults


class RetentionRule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"retention_class": "class"}
):
    """retention_class: what ends. period: ISO 8601 duration. start: from when, such as last_contact or
    end_of_calendar_year_of_closed. action: what is done when it is over. citation: of the law it rests on.
    """

    key: str
    retention_class: str
    period: str
    start: str
    action: Action
    citation: str
    label: str
    reviewed_on: date

    @property
    def event(self) -> str:
        """What the period begins with: last_contact, last_event, closed or created."""
        return self.start.removeprefix(END_OF_YEAR)

    @property
    def from_end_of_year(self) -> bool:
        return self.start.startswith(END_OF_YEAR)

    def until(self, started_on: date) -> date:
        """The last day on which something that started then is kept."""
        begin = date(started_on.year, 12, 31) if self.from_end_of_year else started_on
        return after(datetime.combine(begin, time()), self.period).date()

    def due_before(self, today: date) -> date:
        """What started before this day is kept no longer; what started on it or later still is."""
        low, high = date(1900, 1, 1), today
        while low < high:
            middle = low + timedelta(days=((high - low).days + 1) // 2)
            low, high = (
                (middle, high) if self.until(middle - timedelta(days=1)) < today else (low, middle - timedelta(days=1))
            )
        return low


class CountryRetention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One country's rules. own: read from this installation's folder."""

    country: str
    name: str
    rules: tuple[RetentionRule, ...]

    def of_class(self, retention_class: str) -> RetentionRule | None:
        return next((rule for rule in self.rules if rule.retention_class == retention_class), None)


def countries(settings: Settings) -> dict[str, CountryRetention]:
    """Every country there are rules for, by code. Raises InvalidRetention."""
    codes = {path.stem.upper() for folder in (OURS, own_folder(settings)) for path in folder.glob("*.toml")}
    return {code: retention_of(settings, code) for code in sorted(codes) if CODE.match(code)}


def retention_of(settings: Settings, country: str) -> CountryRetention:
    """A country's rules: the installation's own file `retention/<country>.toml`, else the one that comes with the program.

    Read once per process and state of the file. Raises InvalidRetention for a file that is not sound: then nothing falls
    due by it. Raises KeyError where there is none.
    """
    for folder in (own_folder(settings), OURS):
        path = folder / f"{country.lower()}.toml"
        if CODE.match(country) and path.is_file():
            return _read(path, country, path.stat().st_mtime_ns)
    raise KeyError(country)


def own_folder(settings: Settings) -> Path:
    return settings.home / "retention"


def own_retention_faults(settings: Settings) -> list[str]:
    """What is wrong with the installation's own files; empty if nothing is."""
    faults = []
    for path in sorted(own_folder(settings).glob("*.toml")):
        code = path.stem.upper()
        if not CODE.match(code):
            faults.append(f"{path.name}: The name must be a country's two letters.")
            continue
        try:
            _read(path, code, path.stat().st_mtime_ns)
        except InvalidRetention as error:
            faults.append(str(error))
    return faults


@lru_cache(maxsize=256)
def _read(path: Path, country: str, _: int) -> CountryRetention:
    try:
        text = path.read_text("utf-8") if path.stat().st_size <= LARGEST else ""
    except (OSError, UnicodeDecodeError):
        raise InvalidRetention(path.name, ["The file cannot be read as text."]) from None
    return read_retention(path.name, country, text)


def read_retention(name: str, country: str, text: str) -> CountryRetention:
    """A file's content as rules. name: of the file, for its faults; country: whose it must be. Raises InvalidRetention."""
    try:
        found = msgspec.convert(tomllib.loads(text), CountryRetention)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidRetention(name, [f"{error}."]) from None
    faults = faults_of(found)
    if found.country != country:
        faults.append(f"It says that it is about {found.country or 'nobody'}, and its name says otherwise.")
    if faults:
        raise InvalidRetention(name, faults)
    return found


def faults_of(found: CountryRetention) -> list[str]:
    """What is wrong, one sentence each; empty for a sound file."""
    faults = [] if found.name.strip() else ["The name is missing."]
    faults += [] if found.rules else ["There is no rule."]
    for rule in found.rules:
        faults += [f"Rule {rule.key or '?'}: {fault}" for fault in rule_faults(rule)]
    for field, what in (("key", "key"), ("retention_class", "class")):
        counted = Counter(getattr(rule, field) for rule in found.rules)
        faults += [f"There is more than one rule with the {what} {value}." for value, n in counted.items() if n > 1]
    return faults


def rule_faults(rule: RetentionRule) -> list[str]:
    actions, events = ENDABLE.get(rule.retention_class, ELSEWHERE)
    texts = (rule.label, rule.citation)
    return [
        sentence
        for wrong, sentence in (
            (not KEY.match(rule.key), "key is of small letters, digits and underscores."),
            (not KEY.match(rule.retention_class), "class is of small letters, digits and underscores."),
            (not is_duration(rule.period), "period is a duration such as P3Y or P18M."),
            (rule.action not in actions, f"action is of {', '.join(sorted(actions))} for this class."),
            (
                rule.event not in events,
                f"start is of {', '.join(sorted(events))} for this class, or {END_OF_YEAR} one.",
            ),
            (not all(text.strip() for text in texts), "label and citation are needed."),
            (any(len(text) > LONGEST for text in texts), f"a text is longer than {LONGEST} characters."),
        )
        if wrong
    ]
