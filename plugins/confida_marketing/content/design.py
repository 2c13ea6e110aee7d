"""How an e-mail looks: every style stands at its element, because many mail programs read no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from confida_marketing.content.colours import (
    DARK_BACKDROP,
    DARK_INK,
    DARK_PAPER,
    INK,
    PAPER,
    contrast,
    readable_on,
    words_on,
)
from confida_marketing.content.email_content import EmailContent

FONTS = {
    "sans": "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
    "serif": "Georgia,'Times New Roman',serif",
}
WIDTH = 600
PADDING = 24
MUTED, DARK_MUTED = "#5c5852", "#b5b1aa"
SPACES = {"small": 12, "medium": 28, "large": 56}
DARK = "@media (prefers-color-scheme:dark)"
PHONE = "@media only screen and (max-width:480px)"


class Look(Protocol):
    """Where text becomes HTML: attributes with styles in a mail, none in a page."""

    def style(self, of: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Design:
    """The styles of one e-mail. `style("p")` is the whole attribute, with a space before it."""

    accent: str
    backdrop: str
    font: str

    @property
    def link(self) -> str:
        return readable_on(self.accent, PAPER)

    def style(self, of: str) -> str:
        return f' style="{self._styles(of)}"'

    def _styles(self, of: str) -> str:
        words = words_on(self.accent)
        known = {
            "h1": f"margin:0 0 12px;font:700 28px/1.25 {self.font};color:{INK}",
            "h2": f"margin:0 0 10px;font:700 21px/1.3 {self.font};color:{INK}",
            "h3": f"margin:0 0 8px;font:700 17px/1.35 {self.font};color:{INK}",
            "p": f"margin:0 0 14px;font:400 16px/1.6 {self.font};color:{INK}",
            "ul": f"margin:0 0 14px;padding:0 0 0 22px;font:400 16px/1.6 {self.font};color:{INK}",
            "li": "margin:0 0 6px",
            "a": f"color:{self.link};text-decoration:underline",
            "button": f"display:inline-block;padding:13px 26px;border-radius:6px;background:{self.accent};"
            f"color:{words};font:600 16px/1.3 {self.font};text-decoration:none",
            "quote": f"margin:0;padding:0 0 0 16px;border-left:4px solid {self.link}",
            "cite": f"margin:0 0 14px;font:400 14px/1.5 {self.font};color:{MUTED}",
            "hr": "margin:0;border:0;border-top:1px solid #d9d6d0",
            "img": "display:block;width:100%;height:auto;border:0;border-radius:4px",
            "foot": f"margin:0 0 10px;font:400 13px/1.6 {self.font};color:{MUTED}",
            "foot-a": f"color:{MUTED};text-decoration:underline",
        }
        return known[of]

    def sheet(self) -> str:
        """What can only be said in a sheet: dark mode, and columns one below the other on a phone."""
        link = readable_on(self.accent, DARK_PAPER)
        return (
            f"{PHONE}{{.col{{display:block!important;width:100%!important;padding:0 0 16px!important}}"
            f".paper{{padding:20px 16px!important}}}}"
            f"{DARK}{{body,.page{{background:{DARK_BACKDROP}!important}}.paper{{background:{DARK_PAPER}!important}}"
            f".paper h1,.paper h2,.paper h3,.paper p,.paper ul,.paper ol{{color:{DARK_INK}!important}}"
            f".paper a.a{{color:{link}!important}}.paper .quote{{border-color:{link}!important}}"
            f".foot p,.foot a,.paper p.cite{{color:{DARK_MUTED}!important}}}}"
        )


def design_of(content: EmailContent) -> Design:
    return Design(content.accent, content.backdrop, FONTS.get(content.font, FONTS["sans"]))


class PlainLook:
    """HTML as a page of ours shows it, which has a style sheet of its own."""

    def style(self, of: str) -> str:
        return ' class="mail-button"' if of == "button" else ""


def weak_colours(content: EmailContent) -> list[str]:
    """What cannot be read well with the chosen colours, in sentences."""
    found = []
    if contrast(content.accent, PAPER) < 4.5:
        shown = readable_on(content.accent, PAPER)
        found.append(
            f"Links in {content.accent} cannot be read on white (contrast {contrast(content.accent, PAPER):.1f}, "
            f"wanted 4.5); they are shown in {shown}."
        )
    if contrast(words_on(content.accent), content.accent) < 4.5:
        found.append(f"Words on a button in {content.accent} cannot be read well; choose a lighter or darker colour.")
    if contrast(MUTED, content.backdrop) < 4.5:
        found.append(f"The words at the end cannot be read on {content.backdrop}; choose a lighter colour.")
    return found
