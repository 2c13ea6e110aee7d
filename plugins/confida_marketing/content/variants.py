"""Several ways to say one thing, of which a campaign finds out which is answered best."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from confida_core.api import NotFound
from confida_marketing.content.email_content import Block, EmailContent

FIRST = "a"
KEYS = ("b", "c", "d")


class Variant(NamedTuple):
    """key: "a" for the e-mail as it is written first, then "b" to "d"."""

    key: str
    subject: str
    blocks: tuple[Block, ...]


def variants_of(content: EmailContent) -> tuple[Variant, ...]:
    """At least the first; what a variant says nothing of is as in the first."""
    others = (
        Variant(one.key, one.subject or content.subject, one.blocks or content.blocks) for one in content.variants
    )
    return (Variant(FIRST, content.subject, content.blocks), *others)


def as_variant(content: EmailContent, key: str) -> EmailContent:
    """The e-mail as this variant says it; the part in somebody's own plain words goes with the first blocks only. Raises NotFound."""
    if key in {"", FIRST}:
        return content
    found = next((one for one in content.variants if one.key == key), None)
    if found is None:
        raise NotFound
    text = "" if found.blocks else content.text
    return msgspec.structs.replace(
        content, subject=found.subject or content.subject, blocks=found.blocks or content.blocks, text=text
    )
