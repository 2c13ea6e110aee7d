"""An e-mail to look at, in a frame in which nothing can act and which asks nobody but this server.

Its own policy allows styles at elements, which pages of ours never do: a mail has no others, and all of them are written by
this program (`design`), none by whoever writes the mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Literal

import msgspec

from confida_marketing.content.blanks import Broken, split_blanks
from confida_marketing.content.colours import is_colour
from confida_marketing.content.design import DARK
from confida_marketing.content.email_content import EmailContent
from confida_marketing.content.pictures import ADDRESS
from confida_marketing.content.pictures_shown import ShownPicture
from confida_marketing.content.preparing import Sender, compiled
from confida_marketing.content.rendering import Recipient, Rendered, render

Look = Literal["computer", "phone", "dark", "plain"]
LOOKS: Mapping[str, str] = {"computer": "Computer", "phone": "Phone", "dark": "Dark", "plain": "Plain text"}
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'; "
    "style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
)
HEAD = (
    '<div style="padding:10px 16px;border-bottom:1px solid #d9d6d0;background:#ffffff;color:#1f1d1a;'
    'font:400 14px/1.5 system-ui,sans-serif"><strong dir="auto">{}</strong>'
    '<span style="display:block;color:#5c5852">{}</span></div>'
)
PLAIN = (
    '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body style="margin:0;'
    'background:#ffffff;color:#1f1d1a">{}<pre style="margin:0;padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;'
    'font:14px/1.5 ui-monospace,monospace" dir="auto">{}</pre></body></html>'
)


def previewed(
    content: EmailContent, sender: Sender, pictures: Mapping[str, ShownPicture], recipient: Recipient
) -> Rendered:
    """As it would leave, also of an e-mail with faults: a field that is broken stands there as it was typed."""
    own = {key: ShownPicture(relative(one.src), one.width, one.height) for key, one in pictures.items()}
    return render(compiled(lenient(content), sender, own), recipient)


def relative(src: str) -> str:
    """The address on whatever host the page is read at."""
    return ADDRESS + src.rpartition("/")[2]


def lenient(content: EmailContent) -> EmailContent:
    """The same with what is broken made harmless: braces stay braces, and what is no colour is the usual one."""
    blocks = tuple(
        msgspec.structs.replace(
            block, **{name: unbroken(getattr(block, name)) for name in ("text", "other", "label", "alt")}
        )
        for block in content.blocks
    )
    lines = {name: unbroken(getattr(content, name)) for name in ("subject", "preheader", "text")}
    usual = EmailContent()
    for name in ("accent", "backdrop"):
        shown = getattr(content, name)
        lines[name] = shown if is_colour(shown) else getattr(usual, name)
    return msgspec.structs.replace(content, **lines, blocks=blocks)


def unbroken(text: str) -> str:
    try:
        split_blanks(text)
    except Broken:
        # A space that is not seen keeps the braces apart, so that they are read as braces.
        return text.replace("{{", "{\u200b{").replace("}}", "}\u200b}")
    return text


def document(shown: Rendered, look: str, preheader: str, language: str) -> str:
    """The whole page for the frame, below a line with the subject as a mail program shows it."""
    head = HEAD.format(escape(shown.subject) or "&nbsp;", escape(preheader))
    if look == "plain":
        return PLAIN.format(escape(language), escape(shown.subject), head, escape(shown.text))
    html = shown.html.replace(DARK, "@media all" if look == "dark" else "@media not all")
    html = html.replace("</head>", '<base target="_blank"></head>', 1)
    body = html.index("<body")
    end = html.index(">", body) + 1
    return html[:end] + head + html[end:]
