"""What people wrote in Markdown, as HTML that can do nothing but be read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# No images: one from elsewhere would tell its server who reads this. No data- attributes: htmx obeys data-hx-* (stack.md).
TAGS = frozenset(
    {"p", "br", "hr", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre",
     "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
)  # fmt: skip
# Off, so that what was pasted stays as it was: images stay text, indented lines do not turn into code, and the line of
# dashes above the signature of a mail does not turn the mail into a heading.
_OFF = ["image", "code", "lheading"]
# Whatever means anything in Markdown: signs within a line, and those at its beginning.
_SIGN = re.compile(r"[*_`~\[\\|]|<\w|&[#\w]+;|^ {0,3}(?:#{1,6}\s|>|[-+]\s|---|\d{1,9}[.)]\s)", re.MULTILINE)
_HEADING = re.compile(r"(</?h)([1-6])>")
_KEPT = 512


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # HTML in the text is shown as text.
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable(_OFF)


def rendered(text: str, headings_from: int = 3) -> Markup:
    """HTML inside one element with `hx-ignore`, sanitised; "" for an empty text. headings_from: the highest level."""
    import nh3

    if not text.strip():
        return Markup()
    html = _HEADING.sub(lambda tag: f"{tag[1]}{min(6, int(tag[2]) + headings_from - 1)}>", _markdown().render(text))
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    # What nh3 returns holds nothing but the tags above.
    return Markup(f'<div class="rendered" dir="auto" hx-ignore>{clean}</div>')  # noqa: S704


def rendered_if_marked(text: str) -> Markup | None:
    """What `rendered` makes of a text within a timeline, None for one that means the same without Markdown.

    Most texts are plain, and a page shows many: for those this costs a microsecond instead of sixty (measured).
    """
    return _kept(text) if _SIGN.search(text) else None


# So many texts of a timeline, each shortened, stay in memory in clear until others push them out; they never leave it.
@lru_cache(maxsize=_KEPT)
def _kept(text: str) -> Markup:
    return rendered(text, headings_from=4)
