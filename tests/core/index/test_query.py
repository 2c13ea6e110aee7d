"""Lists, pages, counts and the search box, asked of a real index file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any as Anything
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confida_core.contacts.content import Birthday, EmailAddress, PhoneNumber, PostalAddress
from confida_core.ids import new_id
from confida_core.index.conditions import All, Any, InvalidCondition, Not, Test
from confida_core.index.cursors import InvalidCursor
from confida_core.index.entries import IndexEntry
from confida_core.index.index import Index
from confida_core.index.plan import FEW, Scope
from confida_core.index.query import Facet, IndexQuery, Sort
from confida_core.index.typed_words import search_words
from tests.core.index.people import CREATED, ada, ask, entry, filled, person

MANY = FEW + 500  # So that a plan which collects cannot hold them.


@pytest.fixture(scope="module")
def people() -> list[IndexEntry]:
    found = []
    for number in range(MANY):
        content = person(
            f"Vera {number % 700:04}",
            organisation="Example Trust" if number % 2 else "",
            tags=["Everyone", *(["Few"] if number % 100 == 0 else [])],
            addresses=[PostalAddress(locality="Köln" if number % 3 else "Graz")],
        )
        touched = CREATED + timedelta(days=number % 50) if number % 5 else None
        found.append(entry(content, created_at=CREATED + timedelta(seconds=number), touched_at=touched))
    return found


@pytest.fixture(scope="module")
def index(people: list[IndexEntry], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    made = filled(tmp_path_factory.mktemp("index"), people)
    yield made
    made.close()


def expected(people: list[IndexEntry], sort: Sort, *, descending: bool) -> list[UUID]:
    last = "\U0010ffff"
    keys: dict[str, Callable[[IndexEntry], Anything]] = {
        "name": lambda each: (each.sort_key, each.id),
        "organisation": lambda each: (each.organisation_sort or last, each.sort_key, each.id),
        "created": lambda each: (each.created_at, each.id),
        "touched": lambda each: (each.touched_at or CREATED - timedelta(days=1), each.id),
    }
    return [each.id for each in sorted(people, key=keys[sort], reverse=descending)]


def has(contact: IndexEntry, field: str) -> set[str]:
    words = contact.attributes[field]
    assert isinstance(words, dict)
    return set(words)


CONDITIONS: dict[str, tuple[IndexQuery, Callable[[IndexEntry], bool]]] = {
    "all": (IndexQuery(), lambda _each: True),
    "many by tag": (IndexQuery(condition=Test("tags", "has", "everyone")), lambda _each: True),
    "few by tag": (IndexQuery(condition=Test("tags", "has", "FEW")), lambda each: "few" in has(each, "tags")),
    "many by word": (IndexQuery(text="VER"), lambda _each: True),
    "few by words": (IndexQuery(text="ver 001"), lambda each: each.search.names.startswith("001")),
    "both": (
        IndexQuery(text="ve", condition=All((Test("city", "is", "Koln"), Test("tags", "has_not", "few")))),
        lambda each: "koln" in has(each, "city") and "few" not in has(each, "tags"),
    ),
}


@pytest.mark.parametrize("sort", ["name", "organisation", "created", "touched"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("label", CONDITIONS)
def test_paging_visits_each_once_in_order(
    index: Index, people: list[IndexEntry], sort: Sort, descending: bool, label: str
) -> None:
    query, fits = CONDITIONS[label]
    wanted = expected([each for each in people if fits(each)], sort, descending=descending)
    questions, cursor, forward = ask(index), None, []
    while True:
        page = questions.page(
            IndexQuery(
                condition=query.condition, text=query.text, sort=sort, descending=descending, cursor=cursor, limit=300
            )
        )
        forward.append(page)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert [each for page in forward for each in page.ids] == wanted
    assert questions.count(query) == (len(wanted), True)
    cursor, backward = forward[-1].previous_cursor, [forward[-1].ids]
    while cursor is not None:
        page = questions.page(
            IndexQuery(
                condition=query.condition, text=query.text, sort=sort, descending=descending, cursor=cursor, limit=300
            )
        )
        backward.insert(0, page.ids)
        cursor = page.previous_cursor
    assert [each for ids in backward for each in ids] == wanted


def test_neighbours_along_the_list(index: Index, people: list[IndexEntry]) -> None:
    wanted, questions = expected(people, "name", descending=True), ask(index)
    query = IndexQuery(descending=True)
    for before, after in list(pairwise(wanted))[:20]:
        assert questions.neighbours(query, before)[1] == after
        assert questions.neighbours(query, after)[0] == before
    assert questions.neighbours(query, wanted[0])[0] is None
    assert questions.neighbours(query, wanted[-1])[1] is None
    assert questions.neighbours(query, new_id()) == (None, None)


def test_count_beyond_cap_is_not_exact(index: Index) -> None:
    assert ask(index).count(IndexQuery(), 100) == (100, False)
    assert ask(index).count(IndexQuery(), MANY) == (MANY, True)


def test_every_contact_of_a_condition_is_found_in_one_walk(index: Index, people: list[IndexEntry]) -> None:
    """In whatever way the walk goes: from few, from many, and past all."""
    few, graz = set(range(0, MANY, 100)), set(range(0, MANY, 3))
    tests = (Test("tags", "has", "few"), Test("city", "is", "Graz"))
    for condition, fits in ((tests[0], few), (Any(tests), few | graz), (Not(tests[1]), set(range(MANY)) - graz)):
        scope = Scope(condition=condition)
        assert ask(index).every(scope) == tuple(sorted(people[number].id for number in fits))
        assert ask(index).count(scope, 2**31) == (len(fits), True)


@pytest.mark.parametrize("cursor", ["", "x", "é", "A" * 5_000, "AAAA", "\ud800", "====", "a b"])
def test_malformed_cursor_is_refused(index: Index, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        ask(index).page(IndexQuery(cursor=cursor))


def test_cursor_of_another_order_or_changed_is_refused(index: Index) -> None:
    cursor = ask(index).page(IndexQuery()).next_cursor
    assert cursor is not None
    for query in (IndexQuery(cursor=cursor, sort="created"), IndexQuery(cursor=cursor, descending=True)):
        with pytest.raises(InvalidCursor):
            ask(index).page(query)
    with pytest.raises(InvalidCursor):
        ask(index).page(IndexQuery(cursor=("A" if cursor[0] != "A" else "B") + cursor[1:]))


def test_condition_on_field_no_longer_declared(index: Index) -> None:
    for call in (ask(index).page, ask(index).count):
        with pytest.raises(InvalidCondition):
            call(IndexQuery(condition=Test("sales.stage", "is", "won")))


def test_facets_count_values_with_their_labels(index: Index) -> None:
    few = -(-MANY // 100)
    tags = [Facet("everyone", "Everyone", MANY), Facet("few", "Few", few)]
    assert ask(index).facets(IndexQuery(), "tags") == (tags, True)
    assert ask(index).facets(IndexQuery(condition=Test("tags", "has", "few")), "tags") == (
        [Facet("everyone", "Everyone", few), Facet("few", "Few", few)],
        True,
    )
    assert ask(index).facets(IndexQuery(), "kind") == ([Facet("person", "person", MANY)], True)
    assert ask(index).facets(IndexQuery(text="vera"), "kind", cap=10) == ([Facet("person", "person", 10)], False)


def test_archived_and_restricted_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    plain, archived, restricted, both = (
        ada(),
        ada(archived=True),
        ada(restricted=True),
        ada(archived=True, restricted=True),
    )
    index = filled(tmp_path, [plain, archived, restricted, both])
    expectations = [
        (IndexQuery(), [plain]),
        (IndexQuery(archived=True), [archived]),
        (IndexQuery(archived=None), [plain, archived]),
        (IndexQuery(restricted=True), [restricted]),
        (IndexQuery(archived=True, restricted=None), [archived, both]),
        (IndexQuery(archived=None, restricted=None), [plain, archived, restricted, both]),
    ]
    for query, wanted in expectations:
        for asked in (query, IndexQuery(text="ada", archived=query.archived, restricted=query.restricted)):
            assert set(ask(index).page(asked).ids) == {each.id for each in wanted}
            assert ask(index).count(asked) == (len(wanted), True)
            assert ask(index).facets(asked, "tags") == ([Facet("donor", "Donor", len(wanted))], True)
    assert ask(index).likely("ada") == [plain.id]
    index.close()


@pytest.mark.parametrize(
    "typed",
    [
        "ada",
        "LÖW",
        "lowe ada",
        "loew",
        "ada.lowe@mail",
        "mail.example.org",
        "lowe@",
        "don",
        "0341 1234",
        "+49341",
        "00493411",
        "(0341) 12-34567",
        "ada 03411",
        "3411234",
        "ex trust",
        "dr. adas",
        "obri",
    ],
)
def test_contact_is_found_by(tmp_path: Path, typed: str) -> None:
    content = person(
        "Ada Löwe-O'Brien",
        nickname="Dr. Adastra",
        organisation="Example Trust",
        emails=[EmailAddress(address="Ada.Lowe@mail.example.org")],
        phones=[PhoneNumber(number="+493411234567")],
        tags=["Donor"],
    )
    wanted = entry(content)
    index = filled(tmp_path, [wanted, entry(person("Zoe Zander"))])
    assert ask(index).page(IndexQuery(text=typed)).ids == (wanted.id,)
    assert ask(index).likely(typed) == [wanted.id]
    index.close()


@pytest.mark.parametrize("typed", ["zander ada", "owe", "@", '"', "lowe.ada@mail", "555 1234"])
def test_contact_is_not_found_by(tmp_path: Path, typed: str) -> None:
    index = filled(tmp_path, [ada()])
    assert ask(index).page(IndexQuery(text=typed)).ids == ()
    assert ask(index).count(IndexQuery(text=typed)) == (0, True)
    index.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec=None), max_size=40)
    | st.text("ab\"*()^:-+{}.@ '0\0", max_size=20)
    | st.sampled_from(
        ["AND", "ada OR", "NEAR(a b)", "names:ada", '"', '""', "*", "a" * 10_000, "w " * 50, "\ud800", "1" * 50]
    )
)
def test_no_typed_text_is_a_syntax_error(index: Index, typed: str) -> None:
    questions = ask(index)
    assert questions.count(IndexQuery(text=typed))[1] is True
    questions.likely(typed)


def test_search_words_takes_eight_words() -> None:
    expression = search_words("a b c d e f g h i j")
    assert expression is not None
    assert expression.count('"*') == 8
    assert search_words(" .,! ") is None


def test_likely_puts_the_exact_name_first(tmp_path: Path) -> None:
    longer, exact, tagged = (
        entry(person("Ada Lowell")),
        entry(person("Ada Low")),
        entry(person("Olga Ott", tags=["ada low"])),
    )
    index = filled(tmp_path, [longer, tagged, exact, *(entry(person(f"Zoe Z{number}")) for number in range(20))])
    assert ask(index).likely("ada low") == [exact.id, longer.id, tagged.id]
    assert len(ask(index).likely("z")) == 8
    assert ask(index).likely("...") == []
    index.close()


def test_likely_among_very_many_puts_names_first(index: Index, people: list[IndexEntry]) -> None:
    assert len(ask(index).likely("v")) == 8
    shown = ask(index).likely("0017 vera")
    assert {each.search.names for each in people if each.id in shown} == {"0017 vera"}


def test_candidates_share_mail_number_or_birthday(tmp_path: Path) -> None:
    born, mail = Birthday(month=2, day=29, year=1980), EmailAddress(address="ada@example.org")
    phone = PhoneNumber(number="+493411234567")
    original = entry(person("Ada Löwe", birthday=born, emails=[mail], phones=[phone]))
    two = entry(
        person(
            "A. Löwe", emails=[EmailAddress(address="ADA@example.org")], phones=[PhoneNumber(number="0049 341 1234567")]
        )
    )
    named = entry(person("ada lowe", birthday=born), archived=True)
    hidden = entry(person("Hidden", emails=[mail]), restricted=True)
    other = entry(person("Ada Löwe", phones=[PhoneNumber(number="112")]))
    index = filled(tmp_path, [original, two, named, hidden, other])
    assert ask(index).candidates(original) == [two.id, named.id]
    assert ask(index).candidates(other) == []
    index.close()
