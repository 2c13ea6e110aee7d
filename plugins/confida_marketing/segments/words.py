"""A segment in words: what it asks, as a sentence that people can check."""

from __future__ import annotations

from confida_consent.api import CONSENT_FIELD
from confida_core.api import AllOf, AnyOf, Condition, FieldTest, InvalidCondition, Negation, explain, read_condition
from confida_marketing.segments.fields import SEGMENT, Fields
from confida_marketing.segments.kept import Segment

GONE = "It asks for something that is no longer there: nobody is in it until that is mended."
EVERYBODY = "everybody"
FIXED = "whoever is on the list"
PHRASES = {
    SEGMENT: {
        "has": "in segment {}",
        "has_not": "not in segment {}",
        "has_any": "in segment {}",
        "has_all": "in segments {}",
    },
    CONSENT_FIELD: {"has": "{}", "has_not": "not {}", "has_any": "{}", "has_all": "{}"},
}


def means(segment: Segment, fields: Fields) -> tuple[str, bool]:
    """Whom it means, and whether that can still be asked."""
    if not segment.living:
        return FIXED, True
    try:
        return in_words(read_condition(segment.condition, fields) if segment.condition else AllOf(()), fields), True
    except InvalidCondition:
        return GONE, False


def in_words(condition: Condition, fields: Fields, *, outermost: bool = True) -> str:
    """Names of segments and values stand in it as they are written: escape it like anything typed."""
    match condition:
        case AllOf(()):
            return EVERYBODY
        case AllOf(parts):
            return joined(
                [in_words(part, fields, outermost=False) for part in parts], ", " if outermost else " and ", outermost
            )
        case AnyOf(parts):
            return joined([in_words(part, fields, outermost=False) for part in parts], " or ", outermost)
        case Negation(AnyOf(parts)):
            return f"none of: {joined([in_words(part, fields, outermost=False) for part in parts], ', ', True)}"
        case FieldTest(field, op, value) if op in PHRASES.get(field, {}):
            names = fields[field].choices
            each = value if isinstance(value, tuple) else (value,)
            between = " and " if op == "has_all" else " or "
            return PHRASES[field][op].format(
                between.join(f"“{names.get(str(one), 'no longer there')}”" for one in each)
            )
    return explain(condition, fields)


def joined(parts: list[str], between: str, outermost: bool) -> str:
    text = between.join(parts)
    return text if outermost or len(parts) == 1 else f"({text})"
