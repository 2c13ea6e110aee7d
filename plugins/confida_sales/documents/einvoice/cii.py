"""An electronic invoice or credit note as a Cross Industry Invoice (UN/CEFACT D16B), the form inside of a Factur-X PDF.

It says what our own papers say; terms that only papers of others have (`terms`) are left out.
"""

from __future__ import annotations

from datetime import date

from confida_sales.documents.einvoice.cii_parties import delivery_of, trade_party
from confida_sales.documents.einvoice.terms import Adjustment, EInvoice, Line, Means, TaxKind, TaxSum
from confida_sales.documents.einvoice.xml_tree import Node, document, group, leaf

UNECE = "urn:un:unece:uncefact:data:standard:"
SPACES = {
    "rsm": f"{UNECE}CrossIndustryInvoice:100",
    "ram": f"{UNECE}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{UNECE}UnqualifiedDataType:100",
    "qdt": f"{UNECE}QualifiedDataType:100",
}


def cii(invoice: EInvoice) -> bytes:
    """The XML."""
    root = group(
        "rsm:CrossIndustryInvoice",
        group(
            "rsm:ExchangedDocumentContext",
            group("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", invoice.specification)),
        ),
        group(
            "rsm:ExchangedDocument",
            leaf("ram:ID", invoice.number),
            leaf("ram:TypeCode", invoice.code),
            day("ram:IssueDateTime", invoice.issued_on),
            *(group("ram:IncludedNote", leaf("ram:Content", note)) for note in invoice.notes),
        ),
        group(
            "rsm:SupplyChainTradeTransaction",
            *(line_of(line) for line in invoice.lines),
            agreement(invoice),
            # The element must be there, even where nothing is known of the delivery.
            delivery_of(invoice.delivered, day) or Node("ram:ApplicableHeaderTradeDelivery"),
            settlement(invoice),
        ),
    )
    assert root is not None  # noqa: S101 -- Tells the type checker that the elements without a condition are there.
    return document(root, SPACES)


def day(name: str, value: date | None, space: str = "udt") -> Node | None:
    return group(name, leaf(f"{space}:DateTimeString", value.strftime("%Y%m%d"), format="102")) if value else None


def agreement(invoice: EInvoice) -> Node | None:
    return group(
        "ram:ApplicableHeaderTradeAgreement",
        leaf("ram:BuyerReference", invoice.buyer_reference),
        trade_party("ram:SellerTradeParty", invoice.seller),
        trade_party("ram:BuyerTradeParty", invoice.buyer),
    )


def settlement(invoice: EInvoice) -> Node | None:
    remittance = invoice.means[0].remittance if invoice.means else ""
    terms = group(
        "ram:SpecifiedTradePaymentTerms",
        leaf("ram:Description", invoice.terms),
        day("ram:DueDateDateTime", invoice.due_on),
    )
    return group(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:PaymentReference", remittance),
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        *(means_of(one) for one in invoice.means),
        *(tax_sum_of(one) for one in invoice.taxes),
        *(adjustment_of(one) for one in invoice.adjustments),
        terms,
        summation(invoice),
        *(
            group(
                "ram:InvoiceReferencedDocument",
                leaf("ram:IssuerAssignedID", number),
                day("ram:FormattedIssueDateTime", issued_on, "qdt"),
            )
            for number, issued_on in invoice.corrects
        ),
    )


def means_of(found: Means) -> Node | None:
    return group(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        leaf("ram:TypeCode", found.code),
        group(
            "ram:PayeePartyCreditorFinancialAccount",
            leaf("ram:IBANID", found.account),
            leaf("ram:AccountName", found.holder),
        ),
        group("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", found.bic)),
    )


def tax_sum_of(found: TaxSum) -> Node | None:
    return group(
        "ram:ApplicableTradeTax",
        leaf("ram:CalculatedAmount", found.amount),
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", found.reason),
        leaf("ram:BasisAmount", found.basis),
        leaf("ram:CategoryCode", found.tax.category),
        leaf("ram:ExemptionReasonCode", found.code),
        leaf("ram:RateApplicablePercent", found.tax.rate),
    )


def tax_of(name: str, tax: TaxKind | None) -> Node | None:
    if tax is None:
        return None
    return group(
        name,
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:CategoryCode", tax.category),
        leaf("ram:RateApplicablePercent", tax.rate),
    )


def adjustment_of(found: Adjustment) -> Node | None:
    return group(
        "ram:SpecifiedTradeAllowanceCharge",
        group("ram:ChargeIndicator", leaf("udt:Indicator", found.charge)),
        leaf("ram:CalculationPercent", found.percent),
        leaf("ram:BasisAmount", found.base),
        leaf("ram:ActualAmount", found.amount),
        leaf("ram:ReasonCode", found.code),
        leaf("ram:Reason", found.reason),
        tax_of("ram:CategoryTradeTax", found.tax),
    )


def summation(invoice: EInvoice) -> Node | None:
    sums = invoice.sums
    return group(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        leaf("ram:LineTotalAmount", sums.lines),
        leaf("ram:ChargeTotalAmount", sums.charges),
        leaf("ram:AllowanceTotalAmount", sums.allowances),
        leaf("ram:TaxBasisTotalAmount", sums.net),
        leaf("ram:TaxTotalAmount", sums.tax, currencyID=invoice.currency),
        leaf("ram:GrandTotalAmount", sums.gross),
        leaf("ram:TotalPrepaidAmount", sums.paid),
        leaf("ram:DuePayableAmount", sums.due),
    )


def line_of(line: Line) -> Node | None:
    return group(
        "ram:IncludedSupplyChainTradeLineItem",
        group(
            "ram:AssociatedDocumentLineDocument",
            leaf("ram:LineID", line.id),
            group("ram:IncludedNote", leaf("ram:Content", line.note)),
        ),
        group(
            "ram:SpecifiedTradeProduct",
            leaf("ram:SellerAssignedID", line.sku),
            leaf("ram:BuyerAssignedID", line.buyer_sku),
            leaf("ram:Name", line.name),
            leaf("ram:Description", line.description),
        ),
        group(
            "ram:SpecifiedLineTradeAgreement",
            group("ram:NetPriceProductTradePrice", leaf("ram:ChargeAmount", line.price.net)),
        ),
        group("ram:SpecifiedLineTradeDelivery", leaf("ram:BilledQuantity", line.quantity, unitCode=line.unit)),
        group(
            "ram:SpecifiedLineTradeSettlement",
            tax_of("ram:ApplicableTradeTax", line.tax),
            *(adjustment_of(one) for one in line.adjustments),
            group("ram:SpecifiedTradeSettlementLineMonetarySummation", leaf("ram:LineTotalAmount", line.net)),
        ),
    )
