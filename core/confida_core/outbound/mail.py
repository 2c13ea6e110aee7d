"""E-mail through the organisation's own mail server: the only module that opens a connection to one."""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from confida_core.installation import Installation
from confida_core.outbound.declarations import Delivery
from confida_core.outbound.transporting import TryLater, Undeliverable
from confida_core.settings import Settings

if TYPE_CHECKING:
    from aiosmtplib import SMTP

# For each step: connecting, a command, the message itself. Without one, a server that stopped would hang us for ever.
STEP_SECONDS = 30.0
QUIT_SECONDS = 2.0
# A server that does not answer is left alone for so long: otherwise every message would take a worker's time to learn it.
AWAY_SECONDS = 30.0
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

_NO_SUCH_ADDRESS = re.compile(r"\s*5\.1\.[0-36]\b")


def not_ready(crm: Installation) -> str:
    """Why no mail can leave with these settings, a code of `content.REASONS`, or ""."""
    # The mail classes of the standard library cost more at every start than the rest of the door.
    from confida_core.outbound.mime import sender_of

    settings = crm.settings
    if not settings.smtp_host or not settings.mail_from:
        return "not_set_up"
    if sender_of(settings.mail_from) is None:
        return "bad_sender"
    if settings.smtp_user and settings.smtp_security == "none" and settings.smtp_host not in LOCAL:
        return "password_in_the_open"
    if settings.smtp_user and password_of(settings) is None:
        return "password_unreadable"
    return ""


def password_of(settings: Settings) -> str | None:
    """The password in its file, or None where there is none to read."""
    try:
        return Path(settings.smtp_password_file or "").read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def relay_of(crm: Installation) -> str:
    return str(crm.settings.smtp_host)


Server = tuple[Path, str, int]
"""Of one installation: what another one met at the same address says nothing about this one's."""


class Relay:
    """The mail server as this process last met it. Others learn by themselves; nothing rests on it but time."""

    def __init__(self) -> None:
        self._away_until: dict[Server, float] = {}

    async def deliver(self, crm: Installation, delivery: Delivery) -> None:
        """Hand one message over, on a connection of its own. Raises Undeliverable and TryLater."""
        from confida_core.outbound.mime import ascii_address, sender_of, written

        settings = crm.settings
        sender, recipient = sender_of(settings.mail_from), ascii_address(delivery.to)
        if sender is None:
            raise Undeliverable("bad_sender")
        if recipient is None:
            raise Undeliverable("address_not_ascii")
        message = written(delivery, sender, recipient)
        async with self._watched(settings), connection(settings, sender.domain) as client:
            await delivery.confirm()
            await client.sendmail(sender.addr_spec, [recipient], message)

    @contextlib.asynccontextmanager
    async def _watched(self, settings: Settings) -> AsyncIterator[None]:
        """What a mail server can do to us, in our own words. One caller at a time finds out whether it is back."""
        from aiosmtplib import SMTPException

        server = (settings.home, settings.smtp_host, settings.smtp_port)
        until = self._away_until.get(server, 0.0)
        if until > time.monotonic():
            raise TryLater("server_away")
        if until:
            self._leave_alone(server)
        try:
            yield
        except (SMTPException, OSError) as error:
            found = said(error)
            if found.reason == "server_away":
                self._leave_alone(server)
            else:
                self._away_until.pop(server, None)
            raise found from None
        self._away_until.pop(server, None)

    def _leave_alone(self, server: Server) -> None:
        self._away_until[server] = time.monotonic() + AWAY_SECONDS


@contextlib.asynccontextmanager
async def connection(settings: Settings, own_name: str) -> AsyncIterator[SMTP]:
    """Connected, encrypted as the settings say (certificates are always verified), and logged in."""
    from aiosmtplib import SMTP, SMTPException

    client = SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        local_hostname=own_name,
        timeout=STEP_SECONDS,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        tls_context=None if settings.smtp_security == "none" else trusted(settings),
    )
    try:
        await client.connect()
        if settings.smtp_user:
            await client.login(settings.smtp_user, password_of(settings) or "")
        yield client
        # It has the message: whatever happens to the good-bye must not have it sent twice.
        with contextlib.suppress(SMTPException, OSError):
            await client.quit(timeout=QUIT_SECONDS)
    finally:
        client.close()


def trusted(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.smtp_ca_file)


def said(error: Exception) -> Undeliverable | TryLater:
    """The server's answer without its text, which may repeat addresses."""
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return TryLater("login_refused", error.code)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError) or "STARTTLS" in str(error):
        return TryLater("no_encryption")
    if isinstance(error, OSError) and not isinstance(error, aiosmtplib.SMTPConnectResponseError):
        return TryLater("server_away")
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return TryLater("try_later")
    if error.code >= 500 and not isinstance(error, aiosmtplib.SMTPConnectError):
        return Undeliverable("unknown_address" if _NO_SUCH_ADDRESS.match(error.message) else "rejected", error.code)
    return TryLater("server_busy", error.code)
