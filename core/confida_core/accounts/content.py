"""The sealed content of accounts, sessions and tokens."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class AccountContent(Struct, frozen=True, kw_only=True):
    """Who it is, and how they like their pages. email: as typed, at most 254 characters; language: BCP 47."""

    display_name: Annotated[str, Meta(max_length=200)]
    email: Annotated[str, Meta(max_length=254)]
    theme: Literal["auto", "light", "dark"] = "auto"
    density: Literal["comfortable", "compact"] = "comfortable"
    language: Annotated[str, Meta(max_length=35)] = ""
    time_zone: Annotated[str, Meta(max_length=60)] = ""
    single_key: bool = True
    slim_nav: bool = False


class SessionContent(Struct, frozen=True, kw_only=True):
    """Where somebody signed in. device: in words ("Firefox on Linux"); address: of the network, as seen by us."""

    device: Annotated[str, Meta(max_length=60)] = ""
    address: Annotated[str, Meta(max_length=60)] = ""


class ApiTokenContent(Struct, frozen=True, kw_only=True):
    """What whoever made a token calls it, such as the program that uses it."""

    label: Annotated[str, Meta(max_length=100)]
