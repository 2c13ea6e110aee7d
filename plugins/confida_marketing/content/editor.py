"""The editor: a form with every block in it, whose buttons the server answers, with and without scripts.

Nothing is stored between two buttons: what was typed travels with the form, and so does the block that was removed last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from confida_marketing.content.email_content import KINDS, MOST_BLOCKS, Block, EmailContent
from confida_marketing.content.variants import as_variant
from confida_web.api import FormData

PARTS = ("kind", "text", "other", "label", "href", "picture", "alt", "size", "align")
BLOCK = re.compile(r"blocks-([0-9]{1,3})-kind")
ON_A_BLOCK = re.compile(r"(up|down|copy|remove)-([0-9]{1,3})")
PLACED = re.compile(r"place-([0-9]{1,3})-([0-9]{1,3})")
FRESH: Mapping[str, Block] = {
    "heading": Block(kind="heading"),
    "text": Block(kind="text"),
    "button": Block(kind="button", align="center"),
    "picture": Block(kind="picture"),
    "columns": Block(kind="columns"),
    "quote": Block(kind="quote"),
    "links": Block(kind="links", align="center"),
    "divider": Block(kind="divider"),
    "space": Block(kind="space"),
}
FULL = f"At most {MOST_BLOCKS} blocks."


class Gone(msgspec.Struct, frozen=True):
    """The block that was removed last, and where it stood."""

    place: int
    block: Block


@dataclass(frozen=True, kw_only=True, slots=True)
class Edited:
    """An e-mail in the editor. version: key of the variant that is edited. seen: the stored version it began from.

    focus: id of the element to go to. gone: what "undo" brings back.
    """

    content: EmailContent
    version: str = ""
    seen: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""
    gone: Gone | None = None

    @property
    def gone_field(self) -> str:
        return msgspec.json.encode(self.gone).decode() if self.gone else ""


def edited_of(content: EmailContent, version: str, seen: int) -> Edited:
    """Raises NotFound for a variant there is not."""
    return Edited(content=as_variant(content, version), version=version, seen=seen)


def read_editor(form: FormData, base: EmailContent, pictures: Mapping[str, str], errors: Mapping[str, str]) -> Edited:
    """What was typed, after the button that was pressed. base: the variant before, for what the form does not hold.

    pictures: field of a file -> id of the picture that came with the form. errors: of files that are none.
    """
    values = dict(reversed(form.fields))
    blocks = [typed_block(values, number, pictures) for number in block_numbers(form)]
    texts = {
        name: values.get(name, getattr(base, name))
        for name in ("name", "subject", "preheader", "text", "language", "accent", "backdrop", "font")
    }
    texts["accent"], texts["backdrop"] = texts["accent"].strip().lower(), texts["backdrop"].strip().lower()
    content = msgspec.structs.replace(base, **{**texts, "blocks": tuple(blocks)})
    shown = Edited(
        content=content,
        version=values.get("version", "")[:1],
        seen=form.integer("seen"),
        errors=dict(errors),
        gone=read_gone(values.get("gone", "")),
    )
    return pressed(shown, values.get("_do", ""))


def block_numbers(form: FormData) -> list[int]:
    """In the order of their numbers."""
    numbers = {int(found[1]) for name in form.names() if (found := BLOCK.fullmatch(name))}
    return sorted(numbers)[:MOST_BLOCKS]


def typed_block(values: Mapping[str, str], number: int, pictures: Mapping[str, str]) -> Block:
    parts = {part: values.get(f"blocks-{number}-{part}", "") for part in PARTS}
    parts["kind"] = parts["kind"] if parts["kind"] in KINDS else "text"
    parts["size"] = parts["size"] if parts["size"] in {"small", "medium", "large"} else "medium"
    parts["align"] = "center" if parts["align"] == "center" else "start"
    parts["picture"] = pictures.get(f"blocks-{number}-file", parts["picture"][:32])
    if values.get(f"blocks-{number}-bare"):
        parts["picture"] = parts["alt"] = ""
    return Block(**parts)


def read_gone(text: str) -> Gone | None:
    try:
        gone = msgspec.json.decode(text, type=Gone) if text else None
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    return gone if gone is not None and gone.block.kind in KINDS else None


def pressed(shown: Edited, button: str) -> Edited:
    """button: `add-<kind>`, `up-<n>`, `down-<n>`, `copy-<n>`, `remove-<n>`, `place-<n>-<to>`, `restore`; others change nothing."""
    if (found := ON_A_BLOCK.fullmatch(button)) and int(found[2]) < len(shown.content.blocks):
        return on_block(shown, found[1], int(found[2]))
    if (found := PLACED.fullmatch(button)) and int(found[1]) < len(shown.content.blocks):
        return moved(shown, int(found[1]), int(found[2]), "up")
    if button.startswith("add-") and (fresh := FRESH.get(button.removeprefix("add-"))):
        return inserted(shown, len(shown.content.blocks), fresh)
    if button == "restore" and shown.gone is not None:
        return replace(inserted(shown, shown.gone.place, shown.gone.block), gone=None)
    return shown


def on_block(shown: Edited, how: str, at: int) -> Edited:
    if how == "remove":
        blocks = list(shown.content.blocks)
        gone = Gone(at, blocks.pop(at))
        return replace(with_blocks(shown, blocks), gone=gone, focus="restore")
    if how == "copy":
        return inserted(shown, at + 1, shown.content.blocks[at])
    return moved(shown, at, at - 1 if how == "up" else at + 1, how)


def moved(shown: Edited, at: int, to: int, button: str) -> Edited:
    """button: which is to have the focus afterwards."""
    blocks = list(shown.content.blocks)
    to = max(0, min(len(blocks) - 1, to))
    blocks.insert(to, blocks.pop(at))
    return replace(with_blocks(shown, blocks), focus=f"blocks-{to}-{button}")


def inserted(shown: Edited, at: int, block: Block) -> Edited:
    blocks = list(shown.content.blocks)
    if len(blocks) >= MOST_BLOCKS:
        return replace(shown, errors={**shown.errors, "blocks": FULL}, focus="blocks")
    at = max(0, min(len(blocks), at))
    blocks.insert(at, block)
    return replace(with_blocks(shown, blocks), focus=first_field(at, block))


def first_field(at: int, block: Block) -> str:
    known = {"button": "label", "picture": "alt", "divider": "up", "space": "size"}
    return f"blocks-{at}-{known.get(block.kind, 'text')}"


def emptied(stored: EmailContent, shown: Edited) -> bool:
    """Whether a variant with words of its own would be left with none, which would mean: those of the first."""
    own = any(one.blocks for one in stored.variants if one.key == shown.version)
    return own and not shown.content.blocks


def with_blocks(shown: Edited, blocks: Sequence[Block]) -> Edited:
    return replace(shown, content=msgspec.structs.replace(shown.content, blocks=tuple(blocks)))


def merged(stored: EmailContent, shown: Edited) -> EmailContent:
    """The e-mail to be stored: what was edited of a variant goes to that variant, everything else stays."""
    if shown.version in {"", "a"}:
        return msgspec.structs.replace(shown.content, variants=stored.variants)
    variants = tuple(
        msgspec.structs.replace(
            one,
            subject=shown.content.subject,
            blocks=shown.content.blocks if one.blocks else (),
        )
        if one.key == shown.version
        else one
        for one in stored.variants
    )
    return msgspec.structs.replace(stored, variants=variants)
