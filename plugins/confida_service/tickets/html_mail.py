"""Mail in HTML, for a frame in which nothing can act: cleaned here, and forbidden by the answer's own policy as well."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

from confida_core.api import Access, Installation, NoPicture, NotFound, Opened, TooLarge, open_file, open_picture
from confida_service.content import MessageContent

STYLE = (
    "body{margin:0;padding:12px;font:15px/1.5 system-ui,sans-serif;color:#1c1b19;background:#fff;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}img:not([src]){width:auto}table{max-width:100%;border-collapse:collapse}td,th{padding:2px 6px;vertical-align:top}"
    "blockquote{margin:8px 0;padding-inline-start:10px;border-inline-start:3px solid #c9c6c0;color:#55524c}pre{white-space:pre-wrap}"
)
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
TAGS = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "blockquote", "br", "center", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "font",
     "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike",
     "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul"}
)  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
    "*": {"dir", "lang"},
}
# What nh3 writes; a quote within a value is written as &quot;.
OWN_PICTURE = re.compile(r' src="cid:([^"]*)"')
# What holds the parser up grows with the square of these: half a megabyte of nested boxes kept it busy for fifty seconds.
LONGEST = 200_000
DEEPEST = 500
INLINE_DATA = re.compile(r"data:[\w/+.;=-]{0,100}base64,[A-Za-z0-9+/=]+")
BEGIN_OR_END = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,20})")
# These need no end, so that many in a row are not one within the other.
ENDLESS = frozenset(
    {"p", "li", "td", "th", "tr", "dd", "dt", "tbody", "thead", "tfoot", "option", "br", "hr", "img", "meta", "link", "input", "col",
     "wbr", "area", "base", "source", "embed"}
)  # fmt: skip
TOO_DEEP = "<p>This mail is built so that it cannot be shown. The message as it came has all of it.</p>"
REST = "<hr><p>It goes on; the message as it came has all of it.</p>"
PICTURE, ALL_PICTURES = 1_000_000, 12_000_000
EMPTY = "data:,"
MOST_PICTURES = 20


def only_own(tag: str, attribute: str, value: str) -> str | None:
    """A picture from elsewhere would tell its server who reads this, and when: only those in the mail itself stay."""
    return None if tag == "img" and attribute == "src" and not value.strip().lower().startswith("cid:") else value


def too_deep(html: str) -> bool:
    """Whether more boxes may stand within each other than any mail needs; an end that belongs to no beginning ends nothing."""
    within, depth = Counter[str](), 0
    for end, name in BEGIN_OR_END.findall(html):
        key = name.lower()
        if key in ENDLESS or (end and not within[key]):
            continue
        step = -1 if end else 1
        within[key] += step
        depth += step
        if depth > DEEPEST:
            return True
    return False


def cleaned(html: str) -> str:
    """What can do nothing but be read, in bounded time; links open apart, and say nothing of where they were."""
    import nh3

    short = INLINE_DATA.sub("", html)
    if too_deep(short[:LONGEST]):
        return TOO_DEEP
    return sanitised(nh3, short[:LONGEST]) + (REST if len(short) > LONGEST else "")


def sanitised(nh3: Any, html: str) -> str:
    clean: str = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=only_own,
        clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return clean


async def document(crm: Installation, access: Access, message: Opened[MessageContent]) -> str:
    """The whole page for the frame, with pictures that came in the mail. Raises Forbidden."""
    body = await asyncio.to_thread(cleaned, message.content.html)
    pictures = await own_pictures(crm, access, message, body)
    body = with_pictures(body, pictures)
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<title>Mail</title><style>{STYLE}</style></head><body dir="auto">{body}</body></html>'
    )


def with_pictures(body: str, pictures: Mapping[str, str]) -> str:
    """Each picture where the mail has it; none any more once they are as many as no mail needs.

    A mail of two hundred kilobytes that shows one picture ten thousand times would be a page of ten gigabytes.
    """
    left = ALL_PICTURES

    def shown(found: re.Match[str]) -> str:
        nonlocal left
        picture = pictures.get(name_of(found[1]), EMPTY)
        left -= len(picture)
        return f' src="{picture if left > 0 else EMPTY}"'

    return OWN_PICTURE.sub(shown, body)


def name_of(cid: str) -> str:
    return unquote(unescape(cid)).strip("<> ")


async def own_pictures(
    crm: Installation, access: Access, message: Opened[MessageContent], body: str
) -> Mapping[str, str]:
    """Content-ID -> the picture, redrawn by us, as an address that asks nobody."""
    wanted = {name_of(cid) for cid in OWN_PICTURE.findall(body)}
    files = {one.content_id.strip("<> "): one for one in message.content.files if one.content_id}
    found = {}
    for name in sorted(wanted & files.keys())[:MOST_PICTURES]:
        try:
            picture = await open_picture(await open_file(crm, access, files[name].id), 1200)
        except (NoPicture, NotFound, TooLarge):
            continue
        if len(picture.data) <= PICTURE:
            found[name] = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"
    return found
