"""What a page says when there is no page to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_web.page import Page


@dataclass(frozen=True, kw_only=True)
class ErrorPage(Page):
    """Any answer from 400 up. 403 and 404 read alike, so that nobody learns what exists.

    detail: a sentence of our own about this case, never a value from the request. reference: the request's id, or "".
    """

    template: ClassVar[str] = "errors/error.html"
    title: ClassVar[str] = "Something is not right"
    blocks: ClassVar[tuple[str, ...]] = ("message",)

    status: int
    detail: str = ""
    reference: str = ""
    back_href: str = "/"


@dataclass(frozen=True, kw_only=True)
class SignInFragment(Page):
    """Answers 401 to an htmx request: a line with a link to the login, put where the content would have gone."""

    template: ClassVar[str] = "errors/sign_in.html"
    title: ClassVar[str] = "Please sign in"
    blocks: ClassVar[tuple[str, ...]] = ("message",)
