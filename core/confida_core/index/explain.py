"""A condition in words, for the person who reads a saved view: "in Leipzig, no contact for 90 days"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from confida_core.declarations import IndexField
from confida_core.index.conditions import All, Any, Condition, Not, Test, Value

# Phrases that read better than "label operator value"; (field, operator, negated).
_PHRASES = {
    ("city", "is", False): "in {value}",
    ("city", "is", True): "not in {value}",
    ("country", "is", False): "in {value}",
    ("country", "is", True): "not in {value}",
    ("touched", "within_last_days", False): "contact within the last {value} days",
    ("touched", "within_last_days", True): "no contact for {value} days",
    ("touched", "more_than_days_ago", False): "last contact more than {value} days ago",
    ("touched", "unknown", False): "never any contact",
    ("birthday", "anniversary_within_days", False): "birthday within {value} days",
    ("tags", "has", False): "tagged {value}",
    ("tags", "has", True): "not tagged {value}",
}
_OPERATORS = {
    "is": "{label} is {value}",
    "is_not": "{label} is not {value}",
    "contains": "{label} contains {value}",
    "starts_with": "{label} starts with {value}",
    "known": "{label} is known",
    "unknown": "{label} is not known",
    "=": "{label} is {value}",
    "<": "{label} is below {value}",
    "<=": "{label} is at most {value}",
    ">": "{label} is above {value}",
    ">=": "{label} is at least {value}",
    "between": "{label} is from {value}",
    "within_last_days": "{label} within the last {value} days",
    "more_than_days_ago": "{label} more than {value} days ago",
    "within_next_days": "{label} within the next {value} days",
    "anniversary_within_days": "anniversary of {label} within {value} days",
    "any_of": "{label} is {value}",
    "none_of": "{label} is none of {value}",
    "has": "{label} has {value}",
    "has_not": "{label} has not {value}",
    "has_any": "{label} has one of {value}",
    "has_all": "{label} has all of {value}",
    "empty": "{label} is empty",
}
_DATE_OPERATORS = {
    "<": "{label} is before {value}",
    "<=": "{label} is on or before {value}",
    ">": "{label} is after {value}",
    ">=": "{label} is on or after {value}",
}


def _untranslated(text: str) -> str:
    return text


def explain(
    condition: Condition, fields: Mapping[str, IndexField], translate: Callable[[str], str] = _untranslated
) -> str:
    """The condition as one phrase, "everybody" if it asks nothing.

    translate: applied to labels, phrases (with their `{label}`, `{value}`) and joining words. The values stand in the
    result as typed: it is personal content, and must be escaped like any other.
    """
    if condition in (All(()), Not(Any(()))):
        return translate("everybody")
    return _Words(fields, translate).phrase(condition, outermost=True)


class _Words:
    def __init__(self, fields: Mapping[str, IndexField], translate: Callable[[str], str]) -> None:
        self._fields = fields
        self._translate = translate

    def phrase(self, condition: Condition, *, outermost: bool = False) -> str:
        match condition:
            case All(conditions):
                return self._joined(conditions, ", " if outermost else self._translate(" and "), "everybody", outermost)
            case Any(conditions):
                return self._joined(conditions, self._translate(" or "), "nobody", outermost)
            case Not(Test(field, op) as test) if (field, op, True) in _PHRASES:
                return self._test(test, negated=True)
            case Not(inner):
                return self._translate("not {phrase}").format(phrase=f"({self.phrase(inner, outermost=True)})")
            case Test():
                return self._test(condition, negated=False)

    def _joined(self, conditions: tuple[Condition, ...], between: str, empty: str, outermost: bool) -> str:
        if not conditions:
            return self._translate(empty)
        phrases = [self.phrase(each, outermost=len(conditions) == 1 and outermost) for each in conditions]
        text = between.join(phrases)
        return text if outermost or len(phrases) == 1 else f"({text})"

    def _test(self, test: Test, *, negated: bool) -> str:
        field = self._fields.get(test.field)
        if field is not None and field.type == "boolean" and isinstance(test.value, bool):
            label = self._translate(field.label)
            return label if test.value else self._translate("not {phrase}").format(phrase=label)
        operator = {"is_not": "is", "has_not": "has"}.get(test.op, test.op)
        template = _PHRASES.get((test.field, operator, negated or operator != test.op))
        if template is None:
            by_type = _DATE_OPERATORS if field is not None and field.type == "date" else {}
            template = by_type.get(test.op) or _OPERATORS[test.op]
        label = field.label if field is not None else test.field
        return self._translate(template).format(label=self._translate(label), value=self._value(test.value, field))

    def _value(self, value: Value, field: IndexField | None) -> str:
        if isinstance(value, tuple):
            between = " to " if value and not isinstance(value[0], str) else " or "
            return self._translate(between).join(self._value(each, field) for each in value)
        if isinstance(value, str):
            return self._translate(field.choices[value]) if field is not None and value in field.choices else value
        if isinstance(value, date):
            return value.isoformat()
        return f"{value:.15g}" if isinstance(value, float) else ""
