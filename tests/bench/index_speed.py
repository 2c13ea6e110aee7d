"""Prints what the index takes at 100,000 contacts: `python -m tests.bench.index_speed [contacts]`."""

from __future__ import annotations

import gc
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.ids import new_id
from confida_core.index.conditions import All, Any, Not, Test, by_key
from confida_core.index.core_fields import contact_index_fields
from confida_core.index.cursors import CursorBox
from confida_core.index.entries import IndexEntry, project_contact
from confida_core.index.opening import current_generation, open_generation
from confida_core.index.palette import likely
from confida_core.index.projection import apply
from confida_core.index.query import Ask, IndexQuery
from confida_core.index.rebuild import Rebuild

TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, tzinfo=UTC)
KEY = bytes(range(32))
SYLLABLES = [
    "da",
    "el",
    "gar",
    "hol",
    "in",
    "lu",
    "nor",
    "pet",
    "qui",
    "ul",
    "vor",
    "an",
    "bel",
    "cor",
    "fen",
    "mar",
    "ros",
    "sa",
    "tem",
    "wes",
    "xa",
    "yel",
    "zim",
    "ol",
    "jor",
    "kas",
]
CITIES = ["Leipzig", "Köln", "Graz", "Basel", "Łódź", "Gent", "Turku", "Porto", "Brno", "Vaasa"]
TAGS = ["donor", "member", "volunteer", "press", "board", "speaker", "partner", "alumni"]


def _name(source: random.Random) -> str:
    return "".join(source.choices(SYLLABLES, k=source.randint(2, 3))).capitalize()


def contact(source: random.Random, number: int) -> ContactContent:
    given, family = _name(source), _name(source)
    rare = ["rare"] if number % 1_000 == 0 else []
    return ContactContent(
        display_name=f"{given} {family}",
        name=StructuredName(given=given, family=family),
        organisation=f"{_name(source)} e. V." if number % 3 == 0 else "",
        emails=[EmailAddress(address=f"{given}.{family}{number}@{_name(source)}.example.org".lower())],
        phones=[PhoneNumber(number=f"+49341{number:07}")],
        addresses=[PostalAddress(locality=source.choice(CITIES), postal_code=f"{number % 90_000:05}", country="DE")],
        birthday=Birthday(month=source.randint(1, 12), day=source.randint(1, 28), year=source.randint(1940, 2005)),
        language="de",
        tags=sorted({source.choice(TAGS), *source.choices(TAGS, k=number % 2), *rare}),
    )


def entries(amount: int) -> Iterator[IndexEntry]:
    source, fields = random.Random(1), contact_index_fields()
    owners = [new_id() for _ in range(5)]
    for number in range(amount):
        row = {
            "id": new_id(),
            "kind": "organisation" if number % 10 == 0 else "person",
            "owner": source.choice(owners),
            "team": None,
            "archived": number % 50 == 7,
            "restricted": number % 500 == 3,
            "created_at": NOW - timedelta(minutes=number),
            "touched_at": NOW - timedelta(hours=source.randint(0, 9_000)) if number % 4 else None,
        }
        yield project_contact(contact(source, number), row, fields)


def timed(label: str, work: Callable[[], object], rounds: int = 50) -> None:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    print(f"{label:<58}{statistics.median(taken):>9.2f} ms{taken[int(rounds * 0.95)]:>9.2f} ms")


def build(path: Path, made: list[IndexEntry]) -> None:
    start = time.perf_counter()
    with Rebuild(path, KEY) as rebuild:
        for first in range(0, len(made), 1_000):
            rebuild.add(made[first : first + 1_000])
        filled = time.perf_counter()
        rebuild.finish(1)
    took = time.perf_counter() - start
    size = path.stat().st_size / 1e6
    print(
        f"rebuild: {len(made):,} entries in {took:.1f} s, {len(made) / took:,.0f}/s"
        f" (rows {filled - start:.1f} s, indexes {took - filled + start:.1f} s), {size:.0f} MB"
    )


def queries() -> dict[str, IndexQuery]:
    tag, city = Test("tags", "has", "donor"), Test("city", "is", "koln")
    recent = Test("touched", "within_last_days", 90.0)
    return {
        "everything": IndexQuery(),
        "everything, touched last": IndexQuery(sort="touched", descending=True),
        "two words": IndexQuery(text="mar ros"),
        "two long words": IndexQuery(text="marbel rosol"),
        "one letter": IndexQuery(text="m"),
        "telephone": IndexQuery(text="0341/00123 4"),
        "tag (15 %)": IndexQuery(condition=tag),
        "tag (0.1 %)": IndexQuery(condition=Test("tags", "has", "rare")),
        "tag and city": IndexQuery(condition=All((tag, city))),
        "tag, city, no contact for 90 days": IndexQuery(condition=All((tag, city, Not(recent)))),
        "tag or city": IndexQuery(condition=Any((tag, city))),
        "not tagged": IndexQuery(condition=Test("tags", "has_not", "donor")),
        "people (90 %)": IndexQuery(condition=Test("kind", "is", "person")),
        "has a mail address (100 %)": IndexQuery(condition=Test("has_email", "is", True)),
        "city contains": IndexQuery(condition=Test("city", "contains", "eip")),
        "postal code starts with": IndexQuery(condition=Test("postal_code", "starts_with", "04")),
        "birthday within 7 days": IndexQuery(condition=Test("birthday", "anniversary_within_days", 7.0)),
        "tag, two words": IndexQuery(condition=tag, text="mar ros"),
        "tag, one letter": IndexQuery(condition=tag, text="m"),
        "archived only": IndexQuery(archived=True),
    }


def measure(path: Path, made: list[IndexEntry]) -> None:
    generation = current_generation(path)
    if generation is None:
        raise RuntimeError("the rebuild left no index")
    connection = open_generation(path, generation, KEY)
    ask = Ask(connection, by_key(contact_index_fields()), TODAY, CursorBox(KEY))
    print(f"{'':<58}{'median':>12}{'p95':>12}")
    for label, query in queries().items():
        amount, exact = ask.count(query)
        timed(f"page: {label} [{amount:,}{'' if exact else '+'}]", partial(ask.page, query))
        timed(f"count: {label}", partial(ask.count, query), 20)
    for text in ("m", "mar", "mar ros", made[5].display):
        timed(f"palette: {text}", partial(likely, connection, text))
    timed("neighbours", lambda: ask.neighbours(IndexQuery(), made[500].id))
    timed("candidates", lambda: ask.candidates(made[500]))
    timed("facets of tags, everything", lambda: ask.facets(IndexQuery(), "tags"), 10)
    timed("facets of tags, in one city", lambda: ask.facets(queries()["two words"], "tags"), 10)
    position = iter(range(2, 1_000_000))
    timed("apply one change", lambda: apply(connection, [made[7]], [], next(position)))
    timed("apply 100 changes", lambda: apply(connection, made[100:200], [], next(position)), 10)
    timed("delete one", lambda: apply(connection, [], [UUID(int=1)], next(position)), 10)
    connection.close()


def main() -> None:
    amount = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    start = time.perf_counter()
    made = list(entries(amount))
    print(f"project_contact: {amount / (time.perf_counter() - start):,.0f}/s (with making the synthetic contacts)")
    gc.freeze()  # A real rebuild streams; here the collector would walk through all the entries again and again.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        build(path, made)
        measure(path, made)


if __name__ == "__main__":
    main()
