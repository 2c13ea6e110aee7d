"""What the pages about tokens of the API show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_web.display import Errors, Option
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRow:
    """One token, in words; nothing of its secret. last_used_on: the day, None if it never was. revoke_url: takes a POST."""

    id: str
    label: str
    purpose: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    expired: bool
    revoke_url: str


@dataclass(frozen=True, kw_only=True)
class TokensPage(Page):
    """GET /account/tokens, and the answer to a POST there. secret: of the token just made, shown this once."""

    template: ClassVar[str] = "account/tokens.html"
    title: ClassVar[str] = "Tokens of programs"
    blocks: ClassVar[tuple[str, ...]] = ("tokens",)

    tokens: tuple[TokenRow, ...] = ()
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class NewTokenPage(Page):
    """GET /account/tokens/new. Posts to /account/tokens: label, purpose, scopes (several), days."""

    template: ClassVar[str] = "account/new_token.html"
    title: ClassVar[str] = "A token for a program"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    label: str = ""
    purposes: tuple[Option, ...] = ()
    scopes: tuple[Option, ...] = ()
    days: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AllTokensPage(Page):
    """GET /users/tokens: everybody's. owners: the name of each token's account, in the order of the tokens."""

    template: ClassVar[str] = "account/all_tokens.html"
    title: ClassVar[str] = "Tokens of everybody's programs"
    blocks: ClassVar[tuple[str, ...]] = ("tokens",)

    tokens: tuple[TokenRow, ...] = ()
    owners: tuple[str, ...] = ()
