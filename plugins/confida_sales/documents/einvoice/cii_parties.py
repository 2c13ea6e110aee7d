"""Who sells, buys and receives, in a Cross Industry Invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from confida_sales.documents.einvoice.terms import Address, Delivered, Identifier, Party
from confida_sales.documents.einvoice.xml_tree import Node, group, leaf


def trade_party(name: str, party: Party) -> Node | None:
    return group(
        name,
        *(leaf("ram:ID", one.value) for one in party.ids),
        leaf("ram:Name", party.name),
        group("ram:SpecifiedLegalOrganization", identifier("ram:ID", party.registration)),
        group(
            "ram:DefinedTradeContact",
            leaf("ram:PersonName", party.contact),
            group("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", party.phone)),
            group("ram:EmailURIUniversalCommunication", leaf("ram:URIID", party.email)),
        ),
        trade_address("ram:PostalTradeAddress", party.address),
        group("ram:URIUniversalCommunication", identifier("ram:URIID", party.endpoint)),
        registration(party.vat_id, "VA"),
        registration(party.tax_number, "FC"),
    )


def identifier(name: str, found: Identifier | None) -> Node | None:
    return leaf(name, found.value, schemeID=found.scheme) if found else None


def registration(number: str, scheme: str) -> Node | None:
    return group("ram:SpecifiedTaxRegistration", leaf("ram:ID", number, schemeID=scheme))


def trade_address(name: str, address: Address | None) -> Node | None:
    if address is None:
        return None
    first, second, third = (*address.lines, "", "", "")[:3]
    return group(
        name,
        leaf("ram:PostcodeCode", address.postal_code),
        leaf("ram:LineOne", first),
        leaf("ram:LineTwo", second),
        leaf("ram:LineThree", third),
        leaf("ram:CityName", address.city),
        leaf("ram:CountryID", address.country),
        leaf("ram:CountrySubDivisionName", address.region),
    )


def delivery_of(found: Delivered | None, day: Callable[[str, date | None], Node | None]) -> Node | None:
    if found is None:
        return None
    return group(
        "ram:ApplicableHeaderTradeDelivery",
        group("ram:ShipToTradeParty", trade_address("ram:PostalTradeAddress", found.address)),
        group("ram:ActualDeliverySupplyChainEvent", day("ram:OccurrenceDateTime", found.on)),
    )
