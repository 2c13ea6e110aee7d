"""A small writer of HTML for pages that are read without us: everything is escaped, nothing is loaded, nothing runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

STYLE_SHEET = """\
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1f; --link: #0b4fb3; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181d; --ink: #e6e6ea; --link: #9ec5ff; } }
html { background: var(--paper); color: var(--ink); }
a { color: var(--link); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; }
nav, footer { font-size: .9rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: start; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid #8888; overflow-wrap: anywhere; }
tbody th { width: 14rem; font-weight: 600; }
td { white-space: pre-line; }
article { margin: 1.5rem 0; padding-top: .5rem; border-top: 2px solid #8888; }
.quiet { font-size: .9rem; }
@media print {
  :root { --paper: #fff; --ink: #000; --link: #000; }
  body { max-width: none; margin: 0; font-size: 10pt; }
  article, tr, section.summary { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  nav { display: none; }
}
"""
# Written into every page, so that a browser would refuse whatever a mistake of ours let in.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'"


class Html(str):
    """Text that is markup already. Made by this module alone."""

    __slots__ = ()


Child = str | Html | Sequence["Child"] | None


def element(tag: str, *children: Child, **attributes: str) -> Html:
    """One element. A trailing underscore of an attribute's name is dropped (`class_`), others become hyphens."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items() if value
    )
    return Html(f"<{tag}{given}>{joined(children)}</{tag}>")


def joined(children: Iterable[Child]) -> Html:
    parts = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            parts.append(str(child))
        elif isinstance(child, str):
            parts.append(escape(child))
        else:
            parts.append(joined(child))
    return Html("".join(parts))


def link(href: str, text: Child) -> Html:
    """A relative file of the package, or a page of ours on the web or a mail address; anything else stays text."""
    followed = href.startswith(("https://", "http://", "mailto:")) or not (":" in href or href.startswith(("/", "\\")))
    if ":" not in href:
        path, mark, anchor = href.partition("#")
        href = quote(path) + mark + anchor
    return element("a", text, href=href, rel="noreferrer") if href and followed else joined([text])


def rows(pairs: Iterable[tuple[str, Child]]) -> Html | None:
    """A table of labels and values; None if there are none."""
    lines = [element("tr", element("th", label, scope="row"), element("td", value)) for label, value in pairs]
    return element("table", element("tbody", lines)) if lines else None


def grid(head: Sequence[str], lines: Iterable[Sequence[Child]]) -> Html | None:
    """A table with a head; None without lines."""
    body = [element("tr", [element("td", cell) for cell in line]) for line in lines]
    if not body:
        return None
    heads = element("thead", element("tr", [element("th", each, scope="col") for each in head]))
    return element("table", heads, element("tbody", body))


def listed(items: Iterable[Child]) -> Html | None:
    found = [element("li", item) for item in items]
    return element("ul", found) if found else None


def document(language: str, title: str, *body: Child, up: str = "") -> bytes:
    """A whole page. up: the way to the package's top folder ("../"), from where the style sheet is taken."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{up}style.css">'
    )
    page = f'<!doctype html><html lang="{escape(language)}"><head>{head}</head><body><main>{joined(body)}</main></body></html>'
    return page.encode()
