"""XML written and read with the standard library: everything is escaped by it, and nothing from outside is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree  # Only `read`, which refuses declarations of entities, lets it parse.
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

LARGEST = 10_000_000
# For a name that holds nothing which XML can write: there has to be one.
NAMELESS = "-"
_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class UnreadableXML(ValueError):
    """It is no XML, is too large, or declares entities; the message does not repeat any of it."""


@dataclass(frozen=True, slots=True)
class Node:
    """One element by its prefixed name."""

    name: str
    text: str = ""
    children: tuple[Node, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


def leaf(name: str, value: str | Decimal | date | bool | None, **attributes: str) -> Node | None:
    """An element with text, or nothing where there is none to write; attributes without a value are left out."""
    text = written_value(value)
    kept = tuple((key, clean) for key, given in attributes.items() if (clean := storable(given)))
    return Node(name, text, attributes=kept) if text else None


def group(name: str, *parts: Node | None) -> Node | None:
    """An element around those that are there; nothing if none is."""
    children = tuple(part for part in parts if part is not None)
    return Node(name, children=children) if children else None


def written_value(value: str | Decimal | date | bool | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
    return storable(value)


def storable(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write, and without blanks around it."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def document(root: Node, namespaces: Mapping[str, str]) -> bytes:
    """The bytes of a document; namespaces: prefix -> name, "" for the default one."""
    out = BytesIO()
    writer = XMLGenerator(out, encoding="UTF-8", short_empty_elements=True)
    writer.startDocument()
    spaces = {f"xmlns:{prefix}" if prefix else "xmlns": name for prefix, name in namespaces.items()}
    write(writer, root, spaces)
    writer.endDocument()
    return out.getvalue()


def write(writer: XMLGenerator, node: Node, more: Mapping[str, str]) -> None:
    writer.startElement(node.name, AttributesImpl({**more, **dict(node.attributes)}))
    if node.text:
        writer.characters(node.text)
    for child in node.children:
        write(writer, child, {})
    writer.endElement(node.name)


class Undeclared(ElementTree.TreeBuilder):
    """Refuses a document type: it could fetch files, or grow a few bytes into gigabytes."""

    def doctype(self, *_: object) -> None:
        raise UnreadableXML("It declares a document type.")


def read(data: bytes) -> ElementTree.Element:
    """The root element. Raises UnreadableXML."""
    if len(data) > LARGEST:
        raise UnreadableXML("It is too large.")
    try:
        parser = ElementTree.XMLParser(target=Undeclared())  # noqa: S314 -- Without a document type there is no entity.
        parser.feed(data)
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, LookupError, ValueError):
        raise UnreadableXML("It is no XML, or declares a document type.") from None
    return root
