"""Blocks as HTML: of a mail, in tables that every mail program understands, or of a page, in plain elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from confida_marketing.content.design import SPACES, Design, Look
from confida_marketing.content.email_content import Block
from confida_marketing.content.light_markdown import SAFE, Passage, Run, passages_of, runs_of
from confida_marketing.content.pictures_shown import ShownPicture

HEADINGS = {"large": "h1", "medium": "h2", "small": "h3"}


@dataclass(frozen=True, slots=True)
class Writer:
    """target: what stands for an address in the HTML; pictures: by id. mail: tables and rows, else elements alone."""

    look: Look
    target: Callable[[str], str]
    pictures: Mapping[str, ShownPicture]
    mail: bool = True
    heading_shift: int = 0

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "".join(self.row(block, self.block(block)) for block in blocks)

    def row(self, block: Block, html: str) -> str:
        if not self.mail or not html:
            return html
        centre = ' align="center"' if block.align == "center" else ""
        return f"<tr><td{centre}>{html}</td></tr>"

    def block(self, block: Block) -> str:
        """Of one block, without its row; "" for one with nothing in it."""
        match block.kind:
            case "heading":
                return self.heading(block)
            case "text":
                return self.passages(block.text)
            case "button":
                return self.button(block)
            case "picture":
                return self.picture(block, 552)
            case "columns":
                return self.columns(block)
            case "quote":
                return self.quote(block)
            case "links":
                return self.links(block)
            case "divider":
                return self.space(14) + f"<hr{self.look.style('hr')}>" + self.space(24)
            case "space":
                return self.space(SPACES.get(block.size, 28))
        return ""

    def heading(self, block: Block) -> str:
        tag = HEADINGS.get(block.size, "h2")
        if self.heading_shift:
            tag = f"h{int(tag[1]) + self.heading_shift}"
        words = self.runs(runs_of(" ".join(block.text.split())))
        return f"<{tag}{self.look.style(HEADINGS.get(block.size, 'h2'))}>{words}</{tag}>" if words else ""

    def passages(self, text: str) -> str:
        return "".join(self.passage(one) for one in passages_of(text))

    def passage(self, one: Passage) -> str:
        if one.kind == "paragraph":
            return f"<p{self.look.style('p')}>{self.runs(one.parts[0])}</p>"
        tag = "ul" if one.kind == "dots" else "ol"
        items = "".join(f"<li{self.look.style('li')}>{self.runs(part)}</li>" for part in one.parts)
        return f"<{tag}{self.look.style('ul')}>{items}</{tag}>"

    def runs(self, runs: tuple[Run, ...] | list[Run]) -> str:
        return "".join(self.run(run) for run in runs)

    def run(self, run: Run) -> str:
        if run.line_break:
            return "<br>"
        words = escape(run.text)
        if run.italic:
            words = f"<em>{words}</em>"
        if run.bold:
            words = f"<strong>{words}</strong>"
        return self.link(run.href, words, "a") if run.href else words

    def link(self, href: str, words: str, kind: str) -> str:
        """words: HTML already. An address that nobody may follow leaves the words."""
        if not SAFE.fullmatch(href):
            return words
        mark = ' class="a"' if self.mail and kind == "a" else ""
        return f'<a{mark} href="{self.target(href)}"{self.look.style(kind)}>{words}</a>'

    def button(self, block: Block) -> str:
        label = escape(" ".join(block.label.split()))
        if not label:
            return ""
        return self.space(4) + self.link(block.href, label, "button") + self.space(20)

    def picture(self, block: Block, width: int) -> str:
        found = self.pictures.get(block.picture)
        if found is None:
            return ""
        width = min(width, found.width)
        height = round(found.height * width / found.width)
        image = (
            f'<img src="{escape(found.src)}" alt="{escape(block.alt)}" width="{width}" height="{height}"'
            f"{self.look.style('img')}>"
        )
        if self.mail and width < 552:
            image = image.replace("width:100%;", f"width:100%;max-width:{width}px;", 1)
        linked = self.link(block.href, image, "a") if block.href and block.kind == "picture" else image
        return linked + self.space(16)

    def columns(self, block: Block) -> str:
        left = self.picture(block, 264) + self.passages(block.text)
        right = self.passages(block.other)
        if not self.mail:
            return f'<div class="mail-columns"><div>{left}</div><div>{right}</div></div>'
        cell = '<td class="col" width="50%" valign="top" style="width:50%;vertical-align:top;padding:0 {}">{}</td>'
        return (
            '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>'
            f"{cell.format('12px 0 0', left)}{cell.format('0 0 12px', right)}</tr></table>"
        )

    def quote(self, block: Block) -> str:
        said = self.passages(block.text)
        if not said:
            return ""
        who = escape(" ".join(block.other.split()))
        cite = f'<p class="cite"{self.look.style("cite")}>{who}</p>' if who else ""
        return f'<blockquote class="quote"{self.look.style("quote")}>{said}{cite}</blockquote>' + self.space(8)

    def links(self, block: Block) -> str:
        found = [self.link(href, escape(words), "a") for words, href in link_lines(block.text)]
        return f"<p{self.look.style('p')}>{' &nbsp;·&nbsp; '.join(found)}</p>" if found else ""

    def space(self, height: int) -> str:
        return f'<div style="height:{height}px;line-height:{height}px;font-size:1px">&nbsp;</div>' if self.mail else ""


def link_lines(text: str) -> list[tuple[str, str]]:
    """Words and address of each line `words | address`; a line that is an address alone is its own words."""
    found = []
    for line in text.split("\n"):
        words, bar, href = line.rpartition("|")
        href = href.strip()
        if href:
            found.append((" ".join(words.split()) if bar and words.strip() else href, href))
    return found


def shell(design: Design, *, subject: str, preheader: str, language: str, rows: str, foot: str) -> str:
    """The whole document around the rows. subject, preheader, language: escaped already."""
    table = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'
    hidden = "display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:transparent"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{subject}</title><style>{design.sheet()}</style></head>"
        f'<body class="page" style="margin:0;padding:0;background:{design.backdrop}">'
        + (f'<div style="{hidden}">{preheader}{"&nbsp;&zwnj;" * 40}</div>' if preheader else "")
        + f'<table class="page" {table} width="100%" style="background:{design.backdrop}"><tr><td align="center" style="padding:20px 8px">'
        '<!--[if mso]><table role="presentation" width="600"><tr><td><![endif]-->'
        f'<table {table} width="100%" style="max-width:600px;width:100%"><tr>'
        f'<td class="paper" style="background:#ffffff;border-radius:8px;padding:28px 24px" dir="auto">'
        f'<table {table} width="100%">{rows}</table></td></tr>'
        f'<tr><td class="foot" style="padding:20px 24px 8px">{foot}</td></tr></table>'
        "<!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>"
    )
