"""Seller and buyer of an electronic invoice."""

from __future__ import annotations

from confida_core.api import PostalAddress
from confida_sales.content import PaperContent
from confida_sales.documents.einvoice.terms import Address, Identifier, Party
from confida_sales.documents.einvoice.xml_tree import NAMELESS, storable
from confida_sales.documents.seller import Seller, countries, vat_id

MAIL = "EM"  # Of the list of electronic addresses: an address of e-mail.
LINES = 3


def seller_party(seller: Seller, *, outside: bool = False) -> Party:
    """outside: nothing on the paper is within the scope of tax, so it must not name a VAT id (BR-O-02 to BR-O-04)."""
    own_vat = "" if outside else seller.vat_id
    # Somebody who has neither a VAT id nor a register must be told by something else (BR-CO-26).
    told = own_vat or seller.register_number
    return Party(
        name=seller.name,
        ids=() if told else (Identifier(value=seller.tax_number or seller.vat_id),),
        registration=Identifier(value=seller.register_number) if seller.register_number else None,
        vat_id=own_vat,
        tax_number="" if outside else seller.tax_number,
        address=Address(
            country=seller.country, lines=in_lines(seller.street), city=seller.locality, postal_code=seller.postal_code
        ),
        endpoint=Identifier(value=seller.email, scheme=MAIL) if seller.email else None,
        contact=seller.contact,
        phone=seller.phone,
        email=seller.email,
    )


def buyer_of(paper: PaperContent, *, outside: bool = False) -> Party:
    """Without an address where the country is not known."""
    number = paper.tax_number.strip()
    own_vat = vat_id(number)
    return Party(
        name=storable(paper.name) or NAMELESS,
        ids=(Identifier(value=number),) if number and not own_vat else (),
        vat_id="" if outside else own_vat,
        address=place_of(paper),
        endpoint=Identifier(value=paper.email.strip(), scheme=MAIL) if paper.email.strip() else None,
    )


def place_of(paper: PaperContent) -> Address | None:
    address = paper.address or PostalAddress()
    if address.country not in countries():
        return None
    street = (*address.street.split("\n"), address.post_office_box)
    return Address(
        country=address.country,
        lines=in_lines(tuple(line.strip() for line in street if line.strip())),
        city=address.locality,
        postal_code=address.postal_code,
        region=address.region,
    )


def in_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """At most three, as there are places for."""
    return lines if len(lines) <= LINES else (*lines[: LINES - 1], ", ".join(lines[LINES - 1 :]))
