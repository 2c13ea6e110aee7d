"""Reads the business terms of an invoice or credit note in UBL 2.1, such as suppliers send."""

from __future__ import annotations

from confida_sales.documents.einvoice.terms import (
    Address,
    Adjustment,
    Delivered,
    EInvoice,
    Identifier,
    Line,
    Means,
    Party,
    Period,
    Price,
    Sums,
    TaxKind,
    TaxSum,
)
from confida_sales.documents.einvoice.ubl import REFERENCES, UBL
from confida_sales.documents.einvoice.xml_place import At
from confida_sales.documents.einvoice.xml_tree import UnreadableXML, read


def read_ubl(data: bytes) -> EInvoice:
    """The terms that `terms` knows. Raises UnreadableXML for anything that is no invoice or credit note in UBL."""
    element = read(data)
    if element.tag not in {f"{{{UBL}Invoice-2}}Invoice", f"{{{UBL}CreditNote-2}}CreditNote"}:
        raise UnreadableXML("It is no invoice in UBL.")
    root, kind = At(element), element.tag.rpartition("}")[2]
    issued_on = root.day("cbc:IssueDate")
    if issued_on is None:
        raise UnreadableXML("It has no day of issue.")
    representative = root.at("cac:TaxRepresentativeParty")
    payee = root.at("cac:PayeeParty")
    return EInvoice(
        number=root.text("cbc:ID"),
        issued_on=issued_on,
        currency=root.text("cbc:DocumentCurrencyCode"),
        seller=party_of(root.need("cac:AccountingSupplierParty/cac:Party")),
        buyer=party_of(root.need("cac:AccountingCustomerParty/cac:Party")),
        lines=tuple(line_of(one) for one in root.all(f"cac:{kind}Line")),
        taxes=tuple(tax_sum_of(one) for one in root.all("cac:TaxTotal/cac:TaxSubtotal")),
        sums=sums_of(root, root.text("cbc:TaxCurrencyCode")),
        code=root.text(f"cbc:{kind}TypeCode"),
        specification=root.text("cbc:CustomizationID"),
        process=root.text("cbc:ProfileID"),
        due_on=root.day("cbc:DueDate") or root.day("cac:PaymentMeans/cbc:PaymentDueDate"),
        tax_point_on=root.day("cbc:TaxPointDate"),
        notes=tuple(note.own for note in root.all("cbc:Note") if note.own),
        accounts_currency=root.text("cbc:TaxCurrencyCode"),
        accounting=root.text("cbc:AccountingCost"),
        buyer_reference=root.text("cbc:BuyerReference"),
        period=period_of(root),
        corrects=tuple(
            (one.text("cbc:ID"), one.day("cbc:IssueDate"))
            for one in root.all("cac:BillingReference/cac:InvoiceDocumentReference")
        ),
        references=references_of(root),
        payee=named_party(payee) if payee else None,
        representative=named_party(representative) if representative else None,
        delivered=delivered_of(root),
        means=tuple(means_of(one) for one in root.all("cac:PaymentMeans")),
        terms=root.text("cac:PaymentTerms/cbc:Note"),
        adjustments=tuple(adjustment_of(one) for one in root.all("cac:AllowanceCharge")),
    )


def references_of(root: At) -> tuple[tuple[str, str], ...]:
    places = {"order": "OrderReference/cbc:ID", "sale": "OrderReference/cbc:SalesOrderID"}
    places |= {kind: f"{name}/cbc:ID" for kind, name in REFERENCES.items()}
    return tuple((kind, one.own) for kind, path in places.items() for one in root.all(f"cac:{path}") if one.own)


def party_of(found: At) -> Party:
    schemes = {
        one.text("cac:TaxScheme/cbc:ID").upper() == "VAT": one.text("cbc:CompanyID")
        for one in found.all("cac:PartyTaxScheme")
    }
    address = found.at("cac:PostalAddress")
    return Party(
        name=found.text("cac:PartyLegalEntity/cbc:RegistrationName"),
        trading_name=found.text("cac:PartyName/cbc:Name"),
        ids=ids_of(found),
        registration=found.identifier("cac:PartyLegalEntity/cbc:CompanyID"),
        legal_form=found.text("cac:PartyLegalEntity/cbc:CompanyLegalForm"),
        vat_id=schemes.get(True, ""),
        tax_number=schemes.get(False, ""),
        address=address_of(address) if address else None,
        endpoint=found.identifier("cbc:EndpointID"),
        contact=found.text("cac:Contact/cbc:Name"),
        phone=found.text("cac:Contact/cbc:Telephone"),
        email=found.text("cac:Contact/cbc:ElectronicMail"),
    )


def ids_of(found: At) -> tuple[Identifier, ...]:
    given = (one.identifier("cbc:ID") for one in found.all("cac:PartyIdentification"))
    return tuple(one for one in given if one)


def named_party(found: At) -> Party:
    """A payee or tax representative, whose name stands elsewhere."""
    address = found.at("cac:PostalAddress")
    return Party(
        name=found.text("cac:PartyName/cbc:Name"),
        ids=ids_of(found),
        registration=found.identifier("cac:PartyLegalEntity/cbc:CompanyID"),
        vat_id=found.text("cac:PartyTaxScheme/cbc:CompanyID"),
        address=address_of(address) if address else None,
    )


def address_of(found: At) -> Address:
    lines = [found.text(f"cbc:{name}") for name in ("StreetName", "AdditionalStreetName")]
    lines.append(found.text("cac:AddressLine/cbc:Line"))
    while lines and not lines[-1]:
        lines.pop()
    return Address(
        country=found.text("cac:Country/cbc:IdentificationCode"),
        lines=tuple(lines),
        city=found.text("cbc:CityName"),
        postal_code=found.text("cbc:PostalZone"),
        region=found.text("cbc:CountrySubentity"),
    )


def period_of(found: At) -> Period | None:
    place = found.at("cac:InvoicePeriod")
    if place is None:
        return None
    return Period(
        starts_on=place.day("cbc:StartDate"), ends_on=place.day("cbc:EndDate"), code=place.text("cbc:DescriptionCode")
    )


def delivered_of(root: At) -> Delivered | None:
    found = root.at("cac:Delivery")
    if found is None:
        return None
    address = found.at("cac:DeliveryLocation/cac:Address")
    return Delivered(
        on=found.day("cbc:ActualDeliveryDate"),
        name=found.text("cac:DeliveryParty/cac:PartyName/cbc:Name"),
        place=found.identifier("cac:DeliveryLocation/cbc:ID"),
        address=address_of(address) if address else None,
    )


def means_of(found: At) -> Means:
    return Means(
        code=found.text("cbc:PaymentMeansCode"),
        remittance=found.text("cbc:PaymentID"),
        account=found.text("cac:PayeeFinancialAccount/cbc:ID"),
        holder=found.text("cac:PayeeFinancialAccount/cbc:Name"),
        bic=found.text("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
        mandate=found.text("cac:PaymentMandate/cbc:ID"),
        debited=found.text("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),
    )


def adjustment_of(found: At) -> Adjustment:
    tax = found.at("cac:TaxCategory")
    return Adjustment(
        charge=found.text("cbc:ChargeIndicator") == "true",
        amount=found.amount("cbc:Amount"),
        base=found.number("cbc:BaseAmount"),
        percent=found.number("cbc:MultiplierFactorNumeric"),
        reason=found.text("cbc:AllowanceChargeReason"),
        code=found.text("cbc:AllowanceChargeReasonCode"),
        tax=tax_of(tax) if tax else None,
    )


def tax_of(found: At) -> TaxKind:
    return TaxKind(category=found.text("cbc:ID"), rate=found.number("cbc:Percent"))


def tax_sum_of(found: At) -> TaxSum:
    category = found.need("cac:TaxCategory")
    return TaxSum(
        tax=tax_of(category),
        basis=found.amount("cbc:TaxableAmount"),
        amount=found.amount("cbc:TaxAmount"),
        reason=category.text("cbc:TaxExemptionReason"),
        code=category.text("cbc:TaxExemptionReasonCode"),
    )


def sums_of(root: At, accounts_currency: str) -> Sums:
    totals = root.need("cac:LegalMonetaryTotal")
    taxes = {
        one.attribute("cbc:TaxAmount", "currencyID"): one.number("cbc:TaxAmount") for one in root.all("cac:TaxTotal")
    }
    accounted = taxes.pop(accounts_currency, None) if len(taxes) > 1 else None
    return Sums(
        lines=totals.amount("cbc:LineExtensionAmount"),
        net=totals.amount("cbc:TaxExclusiveAmount"),
        gross=totals.amount("cbc:TaxInclusiveAmount"),
        due=totals.amount("cbc:PayableAmount"),
        tax=next(iter(taxes.values()), None),
        tax_accounted=accounted,
        allowances=totals.number("cbc:AllowanceTotalAmount"),
        charges=totals.number("cbc:ChargeTotalAmount"),
        paid=totals.number("cbc:PrepaidAmount"),
        rounding=totals.number("cbc:PayableRoundingAmount"),
    )


def line_of(found: At) -> Line:
    quantity = "cbc:InvoicedQuantity" if found.at("cbc:InvoicedQuantity") else "cbc:CreditedQuantity"
    item = found.need("cac:Item")
    return Line(
        id=found.text("cbc:ID"),
        quantity=found.amount(quantity),
        unit=found.attribute(quantity, "unitCode"),
        net=found.amount("cbc:LineExtensionAmount"),
        name=item.text("cbc:Name"),
        tax=tax_of(item.need("cac:ClassifiedTaxCategory")),
        price=price_of(found.need("cac:Price")),
        description=item.text("cbc:Description"),
        note=found.text("cbc:Note"),
        sku=item.text("cac:SellersItemIdentification/cbc:ID"),
        buyer_sku=item.text("cac:BuyersItemIdentification/cbc:ID"),
        standard_id=item.identifier("cac:StandardItemIdentification/cbc:ID"),
        origin=item.text("cac:OriginCountry/cbc:IdentificationCode"),
        order_line=found.text("cac:OrderLineReference/cbc:LineID"),
        object_id=found.text("cac:DocumentReference/cbc:ID"),
        accounting=found.text("cbc:AccountingCost"),
        period=period_of(found),
        adjustments=tuple(adjustment_of(one) for one in found.all("cac:AllowanceCharge")),
        properties=tuple(
            (one.text("cbc:Name"), one.text("cbc:Value")) for one in item.all("cac:AdditionalItemProperty")
        ),
    )


def price_of(found: At) -> Price:
    return Price(
        net=found.amount("cbc:PriceAmount"),
        per=found.number("cbc:BaseQuantity"),
        per_unit=found.attribute("cbc:BaseQuantity", "unitCode"),
        discount=found.number("cac:AllowanceCharge/cbc:Amount"),
        gross=found.number("cac:AllowanceCharge/cbc:BaseAmount"),
    )
