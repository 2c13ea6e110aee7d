"""What is sealed of an e-mail: blocks in their order, and how they look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed, ShortText, TableDeclaration
from confida_marketing.content.tables import Email, Picture

MOST_BLOCKS = 40
MOST_VARIANTS = 3
Address = Annotated[str, Meta(max_length=2_000)]

KINDS: Mapping[str, str] = {
    "heading": "Heading",
    "text": "Text",
    "button": "Button",
    "picture": "Picture",
    "columns": "Two columns",
    "quote": "Quote",
    "links": "Links",
    "divider": "Line",
    "space": "Space",
}


class Block(Sealed, frozen=True):
    """One block. kind: a key of KINDS, which says what the rest means.

    text: of heading, text, quote, left column; links: one `words | address` a line. other: right column, who is quoted.
    label, href: words and address of a button; href is where a picture leads as well. picture: id of a Picture, hex, of a
    picture or the left column; alt: what it shows. size: small, medium or large. align: start or center.
    """

    kind: Annotated[str, Meta(max_length=12)] = "text"
    text: LongText = ""
    other: LongText = ""
    label: ShortText = ""
    href: Address = ""
    picture: Annotated[str, Meta(max_length=32)] = ""
    alt: LineText = ""
    size: Annotated[str, Meta(max_length=6)] = "medium"
    align: Annotated[str, Meta(max_length=6)] = "start"


class EmailVariant(Sealed, frozen=True):
    """Another way to say it, tried beside the first. key: "b", "c", "d". blocks: () for those of the e-mail."""

    key: Annotated[str, Meta(max_length=1)] = "b"
    subject: LineText = ""
    blocks: tuple[Block, ...] = ()


class EmailContent(Sealed, frozen=True):
    """name: for colleagues. preheader: what mail programs show after the subject. language: BCP 47 of the text.

    text: the part without design in somebody's own words, "" to have it made of the blocks. accent, backdrop: `#rrggbb`.
    font: "sans" or "serif". dropped: the variant that was removed last. Subject, preheader, texts and labels may hold personal fields, see `blanks`.
    """

    name: ShortText = ""
    subject: LineText = ""
    preheader: LineText = ""
    language: Annotated[str, Meta(max_length=35)] = "en"
    blocks: tuple[Block, ...] = ()
    text: LongText = ""
    accent: Annotated[str, Meta(max_length=7)] = "#1d5b8f"
    backdrop: Annotated[str, Meta(max_length=7)] = "#f3f2ef"
    font: Annotated[str, Meta(max_length=5)] = "sans"
    variants: tuple[EmailVariant, ...] = ()
    dropped: EmailVariant | None = None


EMAIL = RecordDeclaration(
    table=Email,
    content=EmailContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="E-mails of marketing",
    answer=InAnswer(left_out={"*": "What is written to many; what went to one person stands among their messages."}),
)
RECORDS = (EMAIL,)
TABLES = (
    TableDeclaration(
        table=Picture,
        subject_free="Sizes and a random address; the picture itself is a sealed file of the organisation.",
        clear={"token": "random, and public by its nature: it stands in every e-mail with the picture"},
    ),
)
