"""What setting up, signing in and one's own account show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_web.display import Errors, Option
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True)
class SetupPage(Page):
    """GET /setup/{token}: creates the owner. Posts display_name, email, password, password_again, organisation_name.

    invited: it is a colleague with an invitation link (/invitation/{token}), whose address is fixed.
    """

    template: ClassVar[str] = "account/setup.html"
    title: ClassVar[str] = "Set up Confida"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    display_name: str = ""
    email: str = ""
    organisation_name: str = ""
    invited: bool = False
    errors: Errors = field(default_factory=dict)
    min_password_length: int = 15


@dataclass(frozen=True, kw_only=True)
class RecoveryKeyPage(Page):
    """Shows the recovery key, once. groups: the key in groups as it is to be written down. Posts `stored` = "yes"."""

    template: ClassVar[str] = "account/recovery_key.html"
    title: ClassVar[str] = "Your recovery key"

    groups: tuple[str, ...]
    action: str
    created_at: datetime
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class LoginPage(Page):
    """GET and POST /login. Posts email, password, next. error: one sentence that does not say which part was wrong."""

    template: ClassVar[str] = "account/login.html"
    title: ClassVar[str] = "Sign in"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    email: str = ""
    error: str = ""
    next: str = "/"
    notice: str = ""
    action: str = "/login"


@dataclass(frozen=True, kw_only=True)
class FreshLoginPage(Page):
    """Asks for the password again before something that matters. reason: why we ask, in one sentence."""

    template: ClassVar[str] = "account/fresh_login.html"
    title: ClassVar[str] = "Please sign in again"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    reason: str
    action: str = "/login/fresh"
    next: str = "/"
    cancel_href: str = "/"
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """One signed-in browser. device: in words ("Firefox on Linux")."""

    id: str
    device: str
    address: str
    signed_in_at: datetime
    last_seen_at: datetime
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class AccountPage(Page):
    """GET /account. Posts to /account/profile (display_name), /account/password (current, password, password_again),
    /account/preferences (theme, density, language, time_zone, single_key), /account/sessions/{id}/revoke and
    /account/sessions/revoke-others.
    """

    template: ClassVar[str] = "account/account.html"
    title: ClassVar[str] = "Your account"
    blocks: ClassVar[tuple[str, ...]] = ("profile", "password", "preferences", "sessions")

    display_name: str
    email: str
    role: str
    sessions: tuple[SessionRow, ...] = ()
    languages: tuple[Option, ...] = ()
    time_zones: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)
    min_password_length: int = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRow:
    """One staff account. invite_url: a link that still waits to be used, shown once to whoever made it."""

    id: str
    name: str
    email: str
    role: str
    last_seen_at: datetime | None = None
    disabled: bool = False
    invited: bool = False
    is_self: bool = False


@dataclass(frozen=True, kw_only=True)
class UsersPage(Page):
    """GET /users. Invites by POST /users (display_name, email, role); POST /users/{id}/role (role),
    /users/{id}/disable and /users/{id}/enable.

    roles: label says what the role may do. role: the one chosen for an invitation. invite_url: the one-time link just made, shown once.
    """

    template: ClassVar[str] = "account/users.html"
    title: ClassVar[str] = "People who work here"
    blocks: ClassVar[tuple[str, ...]] = ("users", "invite")

    users: tuple[UserRow, ...] = ()
    roles: tuple[Option, ...] = ()
    invite_url: str = ""
    invited_name: str = ""
    display_name: str = ""
    email: str = ""
    role: str = "staff"
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditRow:
    """One security event, in words. serious: worth a second look (a failed login, a role change)."""

    at: datetime
    who: str
    what: str
    address: str = ""
    serious: bool = False


@dataclass(frozen=True, kw_only=True)
class AuditPage(Page):
    """GET /audit: who signed in, who was given what. kinds: the filter as options, posted by GET as `kind`."""

    template: ClassVar[str] = "account/audit.html"
    title: ClassVar[str] = "Audit trail"
    blocks: ClassVar[tuple[str, ...]] = ("entries",)

    entries: tuple[AuditRow, ...] = ()
    kinds: tuple[Option, ...] = ()
    older_href: str | None = None
