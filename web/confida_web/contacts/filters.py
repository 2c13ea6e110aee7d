"""The filter form: rows of field, operator and value, to a condition and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from confida_core.declarations import IndexField
from confida_core.index.conditions import (
    EVERYTHING,
    OPERATORS,
    All,
    Any,
    Condition,
    InvalidCondition,
    Test,
    to_tree,
)
from confida_core.index.explain import explain
from confida_core.index.reading import read_condition
from confida_web.contacts.listing import FilterField, FilterRow
from confida_web.display import Option
from confida_web.forms import FormData

Match = Literal["all", "any"]
MOST_ROWS: Final = 30

OPERATOR_LABELS: Final[Mapping[str, str]] = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "starts_with": "starts with",
    "has": "has",
    "has_not": "has not",
    "has_any": "has one of",
    "has_all": "has all of",
    "any_of": "is one of",
    "none_of": "is none of",
    "=": "equals",
    "<": "is less or earlier than",
    "<=": "is at most",
    ">": "is more or later than",
    ">=": "is at least",
    "between": "is between",
    "within_last_days": "within the last … days",
    "more_than_days_ago": "more than … days ago",
    "within_next_days": "within the next … days",
    "anniversary_within_days": "anniversary within … days",
    "known": "is known",
    "unknown": "is not known",
    "empty": "is empty",
}


def operator_options() -> tuple[Option, ...]:
    """Every operator that the builder offers; some types call it otherwise, which `checked_rows` knows."""
    return tuple(Option(value=op, label=label) for op, label in OPERATOR_LABELS.items())


def filter_fields(fields: Mapping[str, IndexField], owners: Mapping[str, str]) -> tuple[FilterField, ...]:
    """owners: ids of accounts (32 hex digits) to names, because the field itself knows only ids."""
    return tuple(
        FilterField(
            key=field.key,
            label=field.label,
            type=field.type,
            choices=tuple(
                Option(value=value, label=label)
                for value, label in (owners if field.key == "owner" else field.choices).items()
            ),
        )
        for field in fields.values()
        if field.label
    )


def rows_of_form(form: FormData, group: str = "") -> list[FilterRow]:
    """The rows as posted, in order, without empty ones and the one that `_remove` names.

    group: what stands before the number in the names of a form with several lists of conditions, such as "a-".
    """
    removed = form.get("_remove").removeprefix(f"filters-{group}")
    # A script that adds a row numbers it by the clock.
    pattern = re.compile(rf"filter-{re.escape(group)}(\d{{1,9}})-field")
    numbers = sorted({int(found[1]) for name in form.names() if (found := pattern.fullmatch(name))})
    rows = []
    for number in numbers[:MOST_ROWS]:
        name = f"filter-{group}{number}"
        field = form.get(f"{name}-field")
        if field and str(number) != removed:
            rows.append(FilterRow(field=field, op=form.get(f"{name}-op"), value=form.get(f"{name}-value").strip()))
    return rows


def checked_rows(
    rows: Sequence[FilterRow], fields: Mapping[str, IndexField]
) -> tuple[list[Condition], list[FilterRow]]:
    """The tests of the rows, and the rows again, those that cannot be meant with their error."""
    tests, shown = [], []
    for row in rows:
        try:
            tests.append(test_of(row, fields))
            shown.append(row)
        except InvalidCondition as error:
            message = f"The {error.path or 'condition'} {error.message}."
            shown.append(FilterRow(field=row.field, op=row.op, value=row.value, error=message))
    return tests, shown


def test_of(row: FilterRow, fields: Mapping[str, IndexField]) -> Condition:
    """Raises InvalidCondition."""
    field = fields.get(row.field)
    op = row.op
    if field is not None and op not in OPERATORS[field.type]:
        op = _MEANT.get((field.type, op), op)
    form = OPERATORS[field.type].get(op, "none") if field is not None else "none"
    tree: dict[str, object] = {"field": row.field, "op": op}
    if form != "none":
        tree["value"] = typed(row.value, form, field.type if field else "text")
    return read_condition(tree, fields)


# "is" in the list of operators is what people choose; for some types the language calls it otherwise.
_MEANT: Final[Mapping[tuple[str, str], str]] = {
    ("number", "is"): "=",
    ("date", "is"): "=",
    ("set", "is"): "has",
    ("set", "is_not"): "has_not",
    ("set", "contains"): "has",
    ("set", "any_of"): "has_any",
    ("choice", "has"): "is",
    ("choice", "="): "is",
    ("text", "="): "is",
    ("text", "has"): "contains",
    ("boolean", "="): "is",
    ("set", "known"): "has",
}


def typed(value: str, form: str, kind: str) -> object:
    """The typed text in the form that an operator takes; text that does not fit is left for the reader to refuse."""
    if form == "texts":
        return [part.strip() for part in value.split(",") if part.strip()]
    if form == "boolean":
        return {"yes": True, "true": True, "no": False, "false": False}.get(value.casefold(), value)
    if form == "days":
        return number(value)
    if form == "pair":
        parts = [part.strip() for part in re.split(r"\s+(?:to|and)\s+|\.\.|,|;", value) if part.strip()]
        return [part if kind == "date" else number(part) for part in parts]
    if form == "one" and kind == "number":
        return number(value)
    return value


def number(text: str) -> object:
    plain = text.strip().replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,18}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"[+-]?\d{0,18}\.\d{1,18}", plain) else text


def condition_of(source: str, fields: Mapping[str, IndexField]) -> Condition:
    """The condition of a list's address or a saved view; everybody if it names a field that is gone."""
    if not source:
        return EVERYTHING
    try:
        return read_condition(source, fields)
    except InvalidCondition:
        return EVERYTHING


def source_of(tests: Sequence[Condition], match: Match) -> str:
    """The condition as JSON text, "" if it asks nothing."""
    if not tests:
        return ""
    condition = Any(tuple(tests)) if match == "any" else All(tuple(tests))
    return msgspec.json.encode(to_tree(condition)).decode()


def parts_of(condition: Condition) -> tuple[Match, tuple[Condition, ...]]:
    """How the parts are combined, and the parts themselves."""
    match condition:
        case All(conditions):
            return "all", conditions
        case Any(conditions):
            return "any", conditions
        case _:
            return "all", (condition,)


def rows_of_condition(condition: Condition) -> tuple[FilterRow, ...]:
    """The builder's rows of a condition; parts that are more than one test have none."""
    return tuple(
        FilterRow(field=part.field, op=part.op, value=value_text(part.value))
        for part in parts_of(condition)[1]
        if isinstance(part, Test)
    )


def value_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, tuple):
        return ", ".join(value_text(each) for each in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def chip_text(condition: Condition, fields: Mapping[str, IndexField], owners: Mapping[str, str]) -> str:
    """One part in words; the id of an owner as a name."""
    if isinstance(condition, Test) and condition.field == "owner" and isinstance(condition.value, str):
        condition = Test(condition.field, condition.op, owners.get(condition.value, condition.value))
    return explain(condition, fields)
