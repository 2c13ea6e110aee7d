"""Finding a country's rules: the installation's own file, else the one that comes with the program, else the strictest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from confida_consent.rules.checking import InvalidRules, read_rules
from confida_consent.rules.model import CountryRules
from confida_core.settings import Settings

OURS = Path(__file__).parent / "countries"
DEFAULT = "default"
CODE = re.compile(r"[A-Z]{2}\Z")
LARGEST = 200_000


def rules_of(settings: Settings, country: str) -> CountryRules:
    """The rules of a country (ISO 3166-1 alpha-2), those of every other one for "" or a country without a file.

    A file `<country>.toml` or `default.toml` in the folder `rules` of the home takes the place of ours. Read once per
    process. Raises InvalidRules for an own file that is not sound: then nothing is sent on its ground.
    """
    return _rules(settings.home, country if CODE.match(country) else "")


@lru_cache(maxsize=512)
def _rules(home: Path, country: str) -> CountryRules:
    for folder in (home / "rules", OURS):
        path = folder / f"{(country or DEFAULT).lower()}.toml"
        if path.is_file():
            return _read(path, country)
    return _rules(home, "")


def _read(path: Path, country: str) -> CountryRules:
    try:
        text = path.read_text("utf-8") if path.stat().st_size <= LARGEST else ""
    except (OSError, UnicodeDecodeError):
        raise InvalidRules(path.name, ["The file cannot be read as text."]) from None
    return read_rules(path.name, country, text)


def all_rules(settings: Settings) -> Mapping[str, CountryRules]:
    """Every country with a file of its own, and "" for the others; by code. Raises InvalidRules."""
    codes = {path.stem.upper() for path in OURS.glob("*.toml")}
    codes |= {path.stem.upper() for path in (settings.home / "rules").glob("*.toml")}
    known = sorted(code for code in codes if CODE.match(code))
    return {code: rules_of(settings, code) for code in ("", *known)}


def own_files_faults(settings: Settings) -> list[str]:
    """What is wrong with the installation's own files, for whoever looks after it; empty if nothing is."""
    faults = []
    for path in sorted((settings.home / "rules").glob("*.toml")):
        country = "" if path.stem == DEFAULT else path.stem.upper()
        if (country and not CODE.match(country)) or path.stem != path.stem.lower():
            # One in capitals would be passed over without a word, and our own rules used instead.
            faults.append(f"{path.name}: The name must be a country's two letters in small ones, or default.")
            continue
        try:
            _read(path, country)
        except InvalidRules as error:
            faults.append(str(error))
    return faults
