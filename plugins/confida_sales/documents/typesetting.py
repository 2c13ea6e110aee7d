"""Lays papers out as HTML for the printing press, from the templates below `templates/sales/documents/`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from confida_sales.documents.shown import ShownPaper
from confida_web.api import PRINTED_LOGO, PrintOrder

TEMPLATES = Path(__file__).parent.parent / "templates"
STYLE = Path(__file__).parent / "paper.css"
# Quotes, orders, invoices and credit notes have lines; a reminder is a letter with sums.
TEMPLATE_OF = {"reminder": "letter.html", "statement": "statement.html"}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Our own, because a paper is no page of the web: no frame, no reader, and the language of whoever gets it."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def typeset(paper: ShownPaper, *, logo: bool = False) -> str:
    """logo: whether there is one, which the press knows by its own name."""
    name = TEMPLATE_OF.get(paper.kind, "lines.html")
    return environment().get_template(f"sales/documents/{name}").render(paper=paper, logo=PRINTED_LOGO if logo else "")


def order_of(paper: ShownPaper, *, xml: bytes = b"", logo: tuple[bytes, str] = (b"", "")) -> PrintOrder:
    """What the press needs. xml: of the e-invoice to put inside. logo: its bytes and media type."""
    return PrintOrder(
        html=typeset(paper, logo=bool(logo[0])),
        css=STYLE.read_text("utf-8"),
        title=paper.title,
        author=paper.seller.name,
        language=paper.language,
        logo=logo[0],
        logo_type=logo[1],
        xml=xml,
    )
