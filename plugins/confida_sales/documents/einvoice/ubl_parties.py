"""Who sells, buys, gets the money and receives the goods, in UBL 2.1."""

from __future__ import annotations

from confida_sales.documents.einvoice.terms import Address, Delivered, Identifier, Party
from confida_sales.documents.einvoice.xml_tree import Node, group, leaf


def party(name: str, found: Party) -> Node | None:
    return group(
        name,
        identifier("cbc:EndpointID", found.endpoint),
        *(group("cac:PartyIdentification", identifier("cbc:ID", one)) for one in found.ids),
        group("cac:PartyName", leaf("cbc:Name", found.trading_name)),
        address("cac:PostalAddress", found.address),
        tax_scheme(found.vat_id, "VAT"),
        tax_scheme(found.tax_number, "FC"),
        group(
            "cac:PartyLegalEntity",
            leaf("cbc:RegistrationName", found.name),
            identifier("cbc:CompanyID", found.registration),
            leaf("cbc:CompanyLegalForm", found.legal_form),
        ),
        group(
            "cac:Contact",
            leaf("cbc:Name", found.contact),
            leaf("cbc:Telephone", found.phone),
            leaf("cbc:ElectronicMail", found.email),
        ),
    )


def payee(found: Party) -> Node | None:
    return group(
        "cac:PayeeParty",
        *(group("cac:PartyIdentification", identifier("cbc:ID", one)) for one in found.ids),
        group("cac:PartyName", leaf("cbc:Name", found.name)),
        group("cac:PartyLegalEntity", identifier("cbc:CompanyID", found.registration)),
    )


def representative(found: Party) -> Node | None:
    return group(
        "cac:TaxRepresentativeParty",
        group("cac:PartyName", leaf("cbc:Name", found.name)),
        address("cac:PostalAddress", found.address),
        tax_scheme(found.vat_id, "VAT"),
    )


def identifier(name: str, found: Identifier | None) -> Node | None:
    return leaf(name, found.value, schemeID=found.scheme) if found else None


def tax_scheme(number: str, scheme: str) -> Node | None:
    if not number:
        return None
    return group(
        "cac:PartyTaxScheme",
        leaf("cbc:CompanyID", number),
        group("cac:TaxScheme", leaf("cbc:ID", scheme)),
    )


def address(name: str, found: Address | None) -> Node | None:
    if found is None:
        return None
    first, second, third = (*found.lines, "", "", "")[:3]
    return group(
        name,
        leaf("cbc:StreetName", first),
        leaf("cbc:AdditionalStreetName", second),
        leaf("cbc:CityName", found.city),
        leaf("cbc:PostalZone", found.postal_code),
        leaf("cbc:CountrySubentity", found.region),
        group("cac:AddressLine", leaf("cbc:Line", third)),
        group("cac:Country", leaf("cbc:IdentificationCode", found.country)),
    )


def delivery(found: Delivered) -> Node | None:
    return group(
        "cac:Delivery",
        leaf("cbc:ActualDeliveryDate", found.on),
        group("cac:DeliveryLocation", identifier("cbc:ID", found.place), address("cac:Address", found.address)),
        group("cac:DeliveryParty", group("cac:PartyName", leaf("cbc:Name", found.name))),
    )
