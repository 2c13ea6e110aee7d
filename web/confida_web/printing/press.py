"""The printing press: a process of its own that turns one page of HTML into a PDF, `python -m confida_web.printing.press`.

It reads one `Order` on its standard input and writes the bytes of the PDF to its standard output. It fetches nothing, writes no
file, and is bounded in memory and time, because a layout engine is large, slow, and fed with what people typed.
What it has to say goes nowhere: its errors could quote the paper. The exit code tells what happened.
"""

from __future__ import annotations

import io
import resource
import sys
from contextlib import suppress
from typing import Any

import msgspec

NOT_INSTALLED = 3
LOGO = "paper:logo"
MEMORY_BYTES, CPU_SECONDS = 2 << 30, 120


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """css: for the whole page. logo: a picture, shown where the page says `paper:logo`. xml: of the e-invoice inside, if any.

    title, author, language: metadata of the file. plain: uncompressed, for whoever looks into it.
    """

    html: str
    css: str
    title: str = ""
    author: str = ""
    language: str = "en"
    logo: bytes = b""
    logo_type: str = ""
    xml: bytes = b""
    plain: bool = False


def bound() -> None:
    """No more memory and time than any paper needs, and not one byte into any file."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Some systems know no such limit, or have a lower one already.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def printed(order: Order) -> bytes:
    """The PDF: of the archivable kind PDF/A-3u with the e-invoice inside where there is one, and tagged for screen readers."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc]  # The library has no types.
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url == LOGO and order.logo:
                return URLFetcherResponse(url, order.logo, {"Content-Type": order.logo_type})
            raise ValueError("nothing is fetched")

    fetcher = Closed(allowed_protocols=())
    page = HTML(string=order.html, url_fetcher=fetcher, base_url="paper:")
    pdf: bytes = page.write_pdf(
        stylesheets=[CSS(string=order.css, url_fetcher=fetcher)],
        pdf_variant="pdf/a-3u",
        pdf_tags=True,
        uncompressed_pdf=order.plain,
    )
    return with_invoice(pdf, order) if order.xml else pdf


def with_invoice(pdf: bytes, order: Order) -> bytes:
    """The XML is checked against the schema of Factur-X once more, then embedded."""
    from facturx import generate_from_file

    file = io.BytesIO(pdf)
    generate_from_file(
        file,
        order.xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=True,
        check_schematron=False,
        lang=order.language,
        pdf_metadata={
            "author": order.author, "title": order.title, "subject": order.title, "keywords": "Factur-X, EN 16931",
        },
    )  # fmt: skip
    return file.getvalue()


def main() -> int:
    bound()
    try:
        import weasyprint  # noqa: F401 -- It opens the system's libraries when it is imported.
    except (ImportError, OSError):
        return NOT_INSTALLED
    sys.stdout.buffer.write(printed(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Order)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
