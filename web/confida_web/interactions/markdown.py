"""What people wrote in Markdown, as HTML that can do nothing but be read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# No images: one from elsewhere would tell its server who reads this. No data- attributes: htmx obeys data-hx-* (stack.md).
TAGS = frozenset(
    {"p", "br", "hr", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre",
     "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
)  # fmt: skip


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Images are switched off, so that `![](…)` stays text; HTML in the text is shown as text.
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def rendered(text: str) -> Markup:
    """HTML inside one element with `hx-ignore`, sanitised; "" for an empty text. Headings begin at level 3."""
    import nh3

    if not text.strip():
        return Markup()
    html = _markdown().render(text)
    for level in (1, 2):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer external",
    )
    # What nh3 returns holds nothing but the tags above.
    return Markup(f'<div class="rendered" dir="auto" hx-ignore>{clean}</div>')  # noqa: S704
