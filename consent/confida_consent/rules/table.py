"""The rules as a page of documentation; `python -m confida_consent.rules.table` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from confida_consent.rules.checking import read_rules
from confida_consent.rules.model import ANYBODY, NEEDS_LABELS, CountryRules, Rule
from confida_consent.rules.reading import DEFAULT, OURS
from confida_consent.vocabulary import CHANNEL_LABELS


def our_rules() -> list[CountryRules]:
    """Those that come with the program, in the order of the countries' names, every other country last."""
    found = []
    for path in OURS.glob("*.toml"):
        country = "" if path.stem == DEFAULT else path.stem.upper()
        found.append(read_rules(path.name, country, path.read_text("utf-8")))
    return sorted(found, key=lambda country: (not country.country, country.name))


def table() -> str:
    """One section for each country, in Markdown."""
    return "\n".join(line for country in our_rules() for line in section(country)).strip() + "\n"


def section(country: CountryRules) -> Iterator[str]:
    code = f" ({country.country})" if country.country else ""
    yield f"### {country.name}{code}"
    yield ""
    yield f"Reviewed on {country.reviewed_on:%d %B %Y}."
    yield ""
    yield "| channel | to whom | needs | statute | what it says |"
    yield "| --- | --- | --- | --- | --- |"
    for rule in country.rules:
        yield row(rule)
    yield ""


def row(rule: Rule) -> str:
    channels = ", ".join(CHANNEL_LABELS[channel] for channel in rule.channels)
    whom = "everybody" if rule.audience == ANYBODY else f"{rule.audience}s"
    statute = f"[{rule.statute}, {rule.article}]({rule.url})"
    return f"| {channels} | {whom} | {needs(rule)} | {statute} | {rule.says} |"


def needs(rule: Rule) -> str:
    parts = [NEEDS_LABELS[rule.needs]]
    if rule.ground_months:
        parts.append(f"not older than {rule.ground_months} months")
    if rule.register:
        parts.append(f"and not in the register {rule.register}, read within {rule.register_days} days")
    if rule.proof_years:
        again = ", again after every use" if rule.proof_after_use else ""
        parts.append(f"proof kept {rule.proof_years} years{again}")
    if not rule.certain:
        parts.append("**argued: the stricter reading**")
    return "; ".join(parts)


if __name__ == "__main__":
    print(table(), end="")
