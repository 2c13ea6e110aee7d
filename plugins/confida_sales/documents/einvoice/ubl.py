"""An electronic invoice or credit note in UBL 2.1 (OASIS), as EN 16931-3-2 binds the business terms to it."""

from __future__ import annotations

from decimal import Decimal

from confida_sales.documents.einvoice.terms import Adjustment, EInvoice, Line, Means, Period, Sums, TaxKind, TaxSum
from confida_sales.documents.einvoice.ubl_parties import delivery, identifier, party, payee, representative
from confida_sales.documents.einvoice.xml_tree import Node, document, group, leaf

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
AGGREGATE, BASIC = f"{UBL}CommonAggregateComponents-2", f"{UBL}CommonBasicComponents-2"
# Kind of document -> its element, in the order of the schema of invoices; the order of credit notes differs.
REFERENCES = {
    "despatch": "DespatchDocumentReference",
    "receipt": "ReceiptDocumentReference",
    "originator": "OriginatorDocumentReference",
    "contract": "ContractDocumentReference",
    "project": "ProjectReference",
}
OF_CREDIT_NOTES = ("despatch", "receipt", "contract", "originator")


def ubl(invoice: EInvoice) -> bytes:
    """The XML. What it does not hold of `invoice`: nothing but, on credit notes, a project (UBL 2.1 has no place for it)."""
    kind = "CreditNote" if invoice.is_credit_note else "Invoice"
    root = group(kind, *head(invoice), *references(invoice), *parties(invoice), *settlement(invoice), *body(invoice))
    assert root is not None  # noqa: S101 -- Tells the type checker that the elements without a condition are there.
    return document(root, {"": f"{UBL}{kind}-2", "cac": AGGREGATE, "cbc": BASIC})


def head(invoice: EInvoice) -> list[Node | None]:
    credit = invoice.is_credit_note
    tax_point = leaf("cbc:TaxPointDate", invoice.tax_point_on)
    return [
        leaf("cbc:CustomizationID", invoice.specification),
        leaf("cbc:ProfileID", invoice.process),
        leaf("cbc:ID", invoice.number),
        leaf("cbc:IssueDate", invoice.issued_on),
        tax_point if credit else leaf("cbc:DueDate", invoice.due_on),
        leaf("cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode", invoice.code),
        *(leaf("cbc:Note", note) for note in invoice.notes),
        None if credit else tax_point,
        leaf("cbc:DocumentCurrencyCode", invoice.currency),
        leaf("cbc:TaxCurrencyCode", invoice.accounts_currency),
        leaf("cbc:AccountingCost", invoice.accounting),
        leaf("cbc:BuyerReference", invoice.buyer_reference),
        period(invoice.period),
    ]


def period(found: Period | None) -> Node | None:
    if found is None:
        return None
    return group(
        "cac:InvoicePeriod",
        leaf("cbc:StartDate", found.starts_on),
        leaf("cbc:EndDate", found.ends_on),
        leaf("cbc:DescriptionCode", found.code),
    )


def references(invoice: EInvoice) -> list[Node | None]:
    kinds = OF_CREDIT_NOTES if invoice.is_credit_note else tuple(REFERENCES)
    given = dict(invoice.references)
    return [
        group(
            "cac:OrderReference",
            leaf("cbc:ID", given.get("order", "")),
            leaf("cbc:SalesOrderID", given.get("sale", "")),
        ),
        *(
            group(
                "cac:BillingReference",
                group("cac:InvoiceDocumentReference", leaf("cbc:ID", number), leaf("cbc:IssueDate", day)),
            )
            for number, day in invoice.corrects
        ),
        *(
            group(f"cac:{REFERENCES[kind]}", leaf("cbc:ID", number))
            for kind in kinds
            for of, number in invoice.references
            if of == kind
        ),
    ]


def parties(invoice: EInvoice) -> list[Node | None]:
    return [
        group("cac:AccountingSupplierParty", party("cac:Party", invoice.seller)),
        group("cac:AccountingCustomerParty", party("cac:Party", invoice.buyer)),
        payee(invoice.payee) if invoice.payee else None,
        representative(invoice.representative) if invoice.representative else None,
        delivery(invoice.delivered) if invoice.delivered else None,
    ]


def settlement(invoice: EInvoice) -> list[Node | None]:
    day = invoice.due_on if invoice.is_credit_note else None
    return [
        *(means(one, leaf("cbc:PaymentDueDate", day)) for one in invoice.means),
        group("cac:PaymentTerms", leaf("cbc:Note", invoice.terms)),
        *(adjustment(one, invoice.currency) for one in invoice.adjustments),
    ]


def means(found: Means, due: Node | None) -> Node | None:
    return group(
        "cac:PaymentMeans",
        leaf("cbc:PaymentMeansCode", found.code),
        due,
        leaf("cbc:PaymentID", found.remittance),
        group(
            "cac:PayeeFinancialAccount",
            leaf("cbc:ID", found.account),
            leaf("cbc:Name", found.holder),
            group("cac:FinancialInstitutionBranch", leaf("cbc:ID", found.bic)),
        ),
        group(
            "cac:PaymentMandate",
            leaf("cbc:ID", found.mandate),
            group("cac:PayerFinancialAccount", leaf("cbc:ID", found.debited)),
        ),
    )


def adjustment(found: Adjustment, currency: str) -> Node | None:
    return group(
        "cac:AllowanceCharge",
        leaf("cbc:ChargeIndicator", found.charge),
        leaf("cbc:AllowanceChargeReasonCode", found.code),
        leaf("cbc:AllowanceChargeReason", found.reason),
        leaf("cbc:MultiplierFactorNumeric", found.percent),
        money("cbc:Amount", found.amount, currency),
        money("cbc:BaseAmount", found.base, currency),
        tax_category("cac:TaxCategory", found.tax) if found.tax else None,
    )


def money(name: str, amount: Decimal | None, currency: str) -> Node | None:
    return leaf(name, amount, currencyID=currency)


def tax_category(name: str, tax: TaxKind, reason: str = "", code: str = "") -> Node | None:
    return group(
        name,
        leaf("cbc:ID", tax.category),
        leaf("cbc:Percent", tax.rate),
        leaf("cbc:TaxExemptionReasonCode", code),
        leaf("cbc:TaxExemptionReason", reason),
        group("cac:TaxScheme", leaf("cbc:ID", "VAT")),
    )


def body(invoice: EInvoice) -> list[Node | None]:
    accounted = group("cac:TaxTotal", money("cbc:TaxAmount", invoice.sums.tax_accounted, invoice.accounts_currency))
    return [
        group(
            "cac:TaxTotal",
            money("cbc:TaxAmount", invoice.sums.tax, invoice.currency),
            *(subtotal(one, invoice.currency) for one in invoice.taxes),
        ),
        accounted,
        monetary_total(invoice.sums, invoice.currency),
        *(line(one, invoice) for one in invoice.lines),
    ]


def subtotal(found: TaxSum, currency: str) -> Node | None:
    return group(
        "cac:TaxSubtotal",
        money("cbc:TaxableAmount", found.basis, currency),
        money("cbc:TaxAmount", found.amount, currency),
        tax_category("cac:TaxCategory", found.tax, found.reason, found.code),
    )


def monetary_total(sums: Sums, currency: str) -> Node | None:
    return group(
        "cac:LegalMonetaryTotal",
        money("cbc:LineExtensionAmount", sums.lines, currency),
        money("cbc:TaxExclusiveAmount", sums.net, currency),
        money("cbc:TaxInclusiveAmount", sums.gross, currency),
        money("cbc:AllowanceTotalAmount", sums.allowances, currency),
        money("cbc:ChargeTotalAmount", sums.charges, currency),
        money("cbc:PrepaidAmount", sums.paid, currency),
        money("cbc:PayableRoundingAmount", sums.rounding, currency),
        money("cbc:PayableAmount", sums.due, currency),
    )


def line(found: Line, invoice: EInvoice) -> Node | None:
    credit, currency = invoice.is_credit_note, invoice.currency
    return group(
        "cac:CreditNoteLine" if credit else "cac:InvoiceLine",
        leaf("cbc:ID", found.id),
        leaf("cbc:Note", found.note),
        leaf("cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity", found.quantity, unitCode=found.unit),
        money("cbc:LineExtensionAmount", found.net, currency),
        leaf("cbc:AccountingCost", found.accounting),
        period(found.period),
        group("cac:OrderLineReference", leaf("cbc:LineID", found.order_line)),
        group("cac:DocumentReference", leaf("cbc:ID", found.object_id), OBJECT if found.object_id else None),
        *(adjustment(one, currency) for one in found.adjustments),
        item(found),
        price(found, currency),
    )


# Invoiced object (UNCL 1001): without the code the reference would mean something else.
OBJECT = Node("cbc:DocumentTypeCode", "130")


def item(found: Line) -> Node | None:
    return group(
        "cac:Item",
        leaf("cbc:Description", found.description),
        leaf("cbc:Name", found.name),
        group("cac:BuyersItemIdentification", leaf("cbc:ID", found.buyer_sku)),
        group("cac:SellersItemIdentification", leaf("cbc:ID", found.sku)),
        group("cac:StandardItemIdentification", identifier("cbc:ID", found.standard_id)),
        group("cac:OriginCountry", leaf("cbc:IdentificationCode", found.origin)),
        tax_category("cac:ClassifiedTaxCategory", found.tax),
        *(
            group("cac:AdditionalItemProperty", leaf("cbc:Name", name), leaf("cbc:Value", value))
            for name, value in found.properties
        ),
    )


def price(found: Line, currency: str) -> Node | None:
    cost = found.price
    discount = group(
        "cac:AllowanceCharge",
        leaf("cbc:ChargeIndicator", False),
        money("cbc:Amount", cost.discount, currency),
        money("cbc:BaseAmount", cost.gross, currency),
    )
    return group(
        "cac:Price",
        money("cbc:PriceAmount", cost.net, currency),
        leaf("cbc:BaseQuantity", cost.per, unitCode=cost.per_unit),
        discount if cost.discount is not None or cost.gross is not None else None,
    )
