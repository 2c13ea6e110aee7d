"""Mail in HTML, for a frame in which nothing can act: cleaned here, and forbidden by the answer's own policy as well."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Mapping
from html import unescape
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
PICTURE = 1_000_000
MOST_PICTURES = 20


def only_own(tag: str, attribute: str, value: str) -> str | None:
    """A picture from elsewhere would tell its server who reads this, and when: only those in the mail itself stay."""
    return None if tag == "img" and attribute == "src" and not value.strip().lower().startswith("cid:") else value


def cleaned(html: str) -> str:
    """What can do nothing but be read; links open apart, and say nothing of where they were."""
    import nh3

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=only_own,
        clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


async def document(crm: Installation, access: Access, message: Opened[MessageContent]) -> str:
    """The whole page for the frame, with pictures that came in the mail. Raises Forbidden."""
    body = await asyncio.to_thread(cleaned, message.content.html)
    pictures = await own_pictures(crm, access, message, body)
    body = OWN_PICTURE.sub(lambda found: f' src="{pictures.get(name_of(found[1]), "data:,")}"', body)
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<title>Mail</title><style>{STYLE}</style></head><body dir="auto">{body}</body></html>'
    )


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
