"""A place in an invoice in UBL, and what is below it by path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from confida_sales.documents.einvoice.terms import Identifier
from confida_sales.documents.einvoice.ubl import AGGREGATE, BASIC
from confida_sales.documents.einvoice.xml_tree import UnreadableXML

SPACES = {"cac": AGGREGATE, "cbc": BASIC}


class At:
    """One element, and what is below it by path. Where something must be there and is not, UnreadableXML."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.element = element

    def all(self, path: str) -> list[At]:
        return [At(found) for found in self.element.findall(path, SPACES)]

    def at(self, path: str) -> At | None:
        found = self.element.find(path, SPACES)
        return None if found is None else At(found)

    def need(self, path: str) -> At:
        found = self.at(path)
        if found is None:
            raise UnreadableXML("Something that every invoice has is not there.")
        return found

    @property
    def own(self) -> str:
        return (self.element.text or "").strip()

    def text(self, path: str) -> str:
        found = self.at(path)
        return found.own if found else ""

    def attribute(self, path: str, name: str) -> str:
        found = self.at(path)
        return (found.element.get(name) or "").strip() if found else ""

    def number(self, path: str) -> Decimal | None:
        text = self.text(path)
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            raise UnreadableXML("A number is no number.") from None
        if value is not None and not value.is_finite():
            raise UnreadableXML("A number is no number.")
        return value

    def amount(self, path: str) -> Decimal:
        found = self.number(path)
        if found is None:
            raise UnreadableXML("An amount is not there.")
        return found

    def day(self, path: str) -> date | None:
        text = self.text(path)
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            raise UnreadableXML("A date is no date.") from None

    def identifier(self, path: str) -> Identifier | None:
        text = self.text(path)
        return Identifier(value=text, scheme=self.attribute(path, "schemeID")) if text else None
