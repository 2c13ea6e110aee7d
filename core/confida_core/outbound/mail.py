"""E-mail through the organisation's own mail server: the only module that opens a connection to one."""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.outbound.declarations import Deliver, Delivery
from confida_core.outbound.dkim import UnusableKey, signer_of
from confida_core.outbound.transporting import NotReached, TryLater, Undeliverable
from confida_core.settings import Settings

if TYPE_CHECKING:
    from aiosmtplib import SMTP

# For each step: connecting, a command, the message itself. Without one, a server that stopped would hang us for ever.
STEP_SECONDS = 30.0
QUIT_SECONDS = 2.0
# A server that does not answer is left alone for so long: otherwise every message would take a worker's time to learn it.
AWAY_SECONDS = 30.0
# What a server says that is about to end the connection, such as after a number of messages.
CLOSING = 421
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
    try:
        signer_of(settings)
    except UnusableKey:
        return "dkim_unusable"
    return ""


def password_of(settings: Settings) -> str | None:
    """The password in its file, or None where there is none to read."""
    try:
        return Path(settings.smtp_password_file or "").read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def signed(settings: Settings, message: bytes) -> bytes:
    """With a signature of our domain, where one is set up. Raises Undeliverable if it cannot be made."""
    try:
        signer = signer_of(settings)
    except UnusableKey:
        raise Undeliverable("dkim_unusable") from None
    return signer.signed(message, now()) if signer else message


def relay_of(crm: Installation) -> str:
    return str(crm.settings.smtp_host)


def connections_of(crm: Installation) -> int:
    return int(crm.settings.smtp_connections)


Server = tuple[Path, str, int]
"""Of one installation: what another one met at the same address says nothing about this one's."""


class Relay:
    """The mail server as this process last met it. Others learn by themselves; nothing rests on it but time."""

    def __init__(self) -> None:
        self._away_until: dict[Server, float] = {}

    async def deliver(self, crm: Installation, delivery: Delivery) -> None:
        """Hand one message over, on a connection of its own. Raises Undeliverable and TryLater."""
        async with self.session(crm) as hand_over:
            await hand_over(delivery)

    @contextlib.asynccontextmanager
    async def session(self, crm: Installation) -> AsyncIterator[Deliver]:
        """The same for one message after the other, on a connection that is made when the first of them needs it."""
        line = Line(self, crm.settings)
        try:
            yield line.hand_over
        finally:
            await line.hang_up()

    @contextlib.contextmanager
    def watched(self, settings: Settings) -> Iterator[None]:
        """What a mail server can do to us, in our own words."""
        from aiosmtplib import SMTPException

        server = (settings.home, settings.smtp_host, settings.smtp_port)
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

    def look(self, settings: Settings) -> None:
        """To be called before connecting; one caller at a time finds out whether it is back. Raises NotReached."""
        server = (settings.home, settings.smtp_host, settings.smtp_port)
        until = self._away_until.get(server, 0.0)
        if until > time.monotonic():
            raise NotReached("server_away")
        if until:
            self._leave_alone(server)

    def _leave_alone(self, server: Server) -> None:
        self._away_until[server] = time.monotonic() + AWAY_SECONDS


class Line:
    """A connection to the mail server, made when it is needed, and again where it broke between two messages."""

    def __init__(self, relay: Relay, settings: Settings) -> None:
        self._relay, self._settings = relay, settings
        self._client: SMTP | None = None
        self._midway = False

    async def hand_over(self, delivery: Delivery) -> None:
        """One message. Raises Undeliverable and TryLater, and NotReached as long as nothing of it has left."""
        from confida_core.outbound.mime import ascii_address, sender_of, written

        sender, recipient = sender_of(self._settings.mail_from), ascii_address(delivery.to)
        if sender is None:
            raise Undeliverable("bad_sender")
        if recipient is None:
            raise Undeliverable("address_not_ascii")
        message = signed(self._settings, written(delivery, sender, recipient))
        kept = await self._connect(sender.domain)
        await delivery.confirm()
        envelope = sender.addr_spec, recipient, len(message)
        self._midway = True
        try:
            with self._relay.watched(self._settings):
                if kept and not await self._goes_on(envelope):
                    kept = await self._connect(sender.domain)
                if not kept:
                    await self._begin(envelope)
                await self._client_now().data(message)
        except (TryLater, Undeliverable):
            await self._start_over()
            raise
        self._midway = False

    async def _connect(self, own_name: str) -> bool:
        """Connected from now on; whether it was before."""
        if self._client is not None and self._client.is_connected:
            return True
        self._close()
        self._relay.look(self._settings)
        try:
            with self._relay.watched(self._settings):
                self._client = await connected(self._settings, own_name)
        except TryLater as error:
            raise NotReached(error.reason, error.reply_code) from None
        except Undeliverable as error:
            # It refused us, and not the message.
            raise NotReached("server_busy", error.reply_code) from None
        return False

    def _client_now(self) -> SMTP:
        if self._client is None:
            raise NotReached("server_away")
        return self._client

    async def _begin(self, envelope: tuple[str, str, int]) -> None:
        """Whom it is from and for; nothing of the message itself."""
        sender, recipient, size = envelope
        client = self._client_now()
        await client.mail(sender, options=[f"size={size}"] if client.supports_extension("size") else [])
        await client.rcpt(recipient)

    async def _goes_on(self, envelope: tuple[str, str, int]) -> bool:
        """The same on a connection that has carried messages; False if the server has ended it meanwhile, as servers do."""
        from aiosmtplib import SMTPResponseException

        try:
            await self._begin(envelope)
        except ConnectionError:
            self._close()
            return False
        except SMTPResponseException as error:
            if error.code != CLOSING:
                raise
            self._close()
            return False
        return True

    async def _start_over(self) -> None:
        """After a refusal the same connection may carry the next message, if the server says so."""
        from aiosmtplib import SMTPException

        try:
            if self._client is not None and self._client.is_connected:
                await self._client.rset(timeout=QUIT_SECONDS)
                self._midway = False
                return
        except (SMTPException, OSError):
            pass
        self._close()

    async def hang_up(self) -> None:
        """It has every message: whatever happens to the good-bye must not have one sent twice."""
        from aiosmtplib import SMTPException

        if self._client is not None and not self._midway:
            with contextlib.suppress(SMTPException, OSError):
                await self._client.quit(timeout=QUIT_SECONDS)
        self._close()

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client, self._midway = None, False


async def connected(settings: Settings, own_name: str) -> SMTP:
    """Encrypted as the settings say (certificates are always verified), and logged in."""
    from aiosmtplib import SMTP

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
    except BaseException:
        client.close()
        raise
    return client


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
