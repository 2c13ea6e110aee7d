"""What is in the way of a paper's files before somebody tries, and whether the press works."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, Finding, Installation, SelfCheck, plugin_settings
from confida_sales.billing.invoices import bookkeeping, visible_invoice
from confida_sales.documents.einvoice.building import obstacles
from confida_sales.documents.making import issued_of
from confida_sales.documents.seller import Seller, seller_of
from confida_sales.papers import added_up
from confida_sales.settings import SalesSettings
from confida_web.api import NO_PRESS, NoPDF, PrintOrder, can_embed, can_print, mark, print_pdf

NO_E_INVOICE = mark("No e-invoice is attached.")
STAYS = mark(
    "Your details are incomplete on papers (see Papers and mails), and what is sent of an invoice stays as it is."
)


async def warnings_of(crm: Installation, access: Access, kind: str, paper_id: UUID) -> tuple[str, ...]:
    """Why files that one would expect are not attached, in English. Raises Forbidden and NotFound."""
    found = [] if can_print() else [NO_PRESS]
    if kind in {"invoice", "credit_note"}:
        opened = await visible_invoice(crm, bookkeeping(access), paper_id)
        issued = await issued_of(crm, opened)
        reasons = obstacles(issued, added_up(opened.content))
        found += [NO_E_INVOICE, *reasons] if reasons else []
        found += [] if issued.seller.complete else [STAYS]
    return tuple(found)


def missing_of(seller: Seller) -> tuple[str, ...]:
    """Labels of what papers need and nobody has said yet, in English."""
    wanted = (
        (seller.street and seller.locality, mark("Address")),
        (seller.country, mark("Country")),
        (seller.email, mark("E-mail")),
        (seller.vat_id or seller.tax_number, mark("VAT id or tax number")),
        (seller.iban, mark("IBAN")),
    )
    return tuple(label for value, label in wanted if not value)


def wrong_of(chosen: SalesSettings, seller: Seller) -> tuple[str, ...]:
    """Labels of what was typed in the settings and cannot be right, so that papers leave it out."""
    typed = (
        (chosen.vat_id, seller.vat_id, "VAT id"),
        (chosen.iban, seller.iban, "IBAN"),
        (chosen.bic, seller.bic, "BIC"),
    )
    return tuple(label for given, kept, label in typed if given.strip() and not kept)


async def papers_findings(crm: Installation) -> list[Finding]:
    """For `confida doctor`: prints a page, because only that tells whether the system's libraries and fonts are there."""
    seller = await seller_of(crm)
    wrong = wrong_of(await plugin_settings(crm, SalesSettings), seller)
    found = [Finding("Papers", "warning", f"The {label} in the settings of sales cannot be right.") for label in wrong]
    if not can_print():
        return [*found, Finding("PDFs", "good", "PDFs are not made.", "pip install 'confida[pdf]' brings them.")]
    try:
        pdf = await print_pdf(PrintOrder(html="<p>Confida", css="", plain=True))
    except NoPDF:
        text = "PDFs cannot be made: Pango is not installed, or the press failed."
        return [*found, Finding("PDFs", "bad", text, "apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-inter")]
    if b"/FontFile" not in pdf:
        return [*found, Finding("PDFs", "bad", "There is no font to print with.", "apt-get install fonts-inter")]
    inside = "with e-invoices inside" if can_embed() else "without e-invoices inside (extra `einvoice`)"
    return [*found, Finding("PDFs", "good", f"PDFs can be made, {inside}.")]


PAPERS = SelfCheck(key="sales.papers", findings=papers_findings)
