"""What the readable receipt shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_consent.receipts.readable import ReceiptPage
from confida_web.languages import mark
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptDownload:
    """One file of a receipt. what: it is for, in the reader's language."""

    href: str
    name: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ReceiptPaper(Page):
    """A receipt to read, print and take along; within the person's own pages or those of staff, as the frame says.

    archive: address of all files in one, "" for none. back: where it was opened from, for staff.
    """

    template: ClassVar[str] = "receipts/receipt.html"
    title: ClassVar[str] = mark("Receipt")
    blocks: ClassVar[tuple[str, ...]] = ("paper", "files")

    receipt: ReceiptPage
    downloads: tuple[ReceiptDownload, ...] = ()
    archive: str = ""
    back: str = ""
