"""Reasons in words: the gate's own, the door's, and ours."""

from __future__ import annotations

from collections.abc import Mapping

from confida_core.api import SENDING_REASONS as DOOR
from confida_marketing.segments.members import SENTENCES, sentence_of
from confida_web.api import gettext, mark

OWN: Mapping[str, str] = {
    "most_a_week": mark("They had as many messages this week as one person may get."),
    "stopped": mark("The campaign was stopped before."),
    "no_postal_address": mark("They have no postal address."),
}


def reason_words(code: str) -> str:
    """One sentence for a code of the gate, the door or this plugin; the code itself where nobody knows it."""
    if code in OWN:
        return gettext(OWN[code])
    if code in DOOR:
        return gettext(DOOR[code])
    try:
        return gettext(SENTENCES.get(code) or sentence_of(code))
    except ValueError:
        return code
