"""One connection to the manager interface of an Asterisk: logged in, read, asked."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from confida_service.settings import ServiceSettings
from confida_service.telephone.ami_messages import Message, Messages, written

PATIENCE = 10.0
PIECE = 65_536
# Events may stand between a request and its answer.
MOST_BETWEEN = 5_000


class ExchangeProblem(Exception):
    """The exchange cannot be heard or asked. code: unreachable, refused, silent or broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """Where the exchange is, and how we log in."""

    host: str
    port: int
    tls: bool
    user: str
    secret: str


def login_of(settings: ServiceSettings) -> Login | None:
    """None as long as no exchange is set up."""
    if not (settings.pbx_host and settings.pbx_user):
        return None
    return Login(
        host=settings.pbx_host, port=settings.pbx_port, tls=settings.pbx_tls, user=settings.pbx_user,
        secret=settings.pbx_secret,
    )  # fmt: skip


class Connection:
    """Reads messages one by one. Every method raises ExchangeProblem."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._messages = Messages()
        self._waiting: Iterator[Message] = iter(())

    async def next(self, seconds: float) -> Message:
        """The next message, whatever it is. silent: none came in time."""
        while True:
            for message in self._waiting:
                return message
            try:
                data = await asyncio.wait_for(self._reader.read(PIECE), seconds)
            except TimeoutError:
                raise ExchangeProblem("silent") from None
            except OSError:
                raise ExchangeProblem("broken") from None
            if not data:
                raise ExchangeProblem("broken")
            self._waiting = iter(list(self._messages.feed(data)))

    async def tell(self, action: str, **fields: str) -> None:
        try:
            self._writer.write(written(action, **fields))
            await asyncio.wait_for(self._writer.drain(), PATIENCE)
        except TimeoutError:
            raise ExchangeProblem("silent") from None
        except OSError:
            raise ExchangeProblem("broken") from None

    async def ask(self, action: str, **fields: str) -> Message:
        """Tell it, and wait for the answer to just this; what comes between is passed over."""
        number = fields.setdefault("ActionID", f"confida-{action.lower()}")
        await self.tell(action, **fields)
        for _ in range(MOST_BETWEEN):
            message = await self.next(PATIENCE)
            if "response" in message and message.get("actionid", number) == number:
                return message
        raise ExchangeProblem("silent")

    async def log_in(self, login: Login, *, events: bool) -> None:
        """By a challenge, so that the secret does not travel; in plain where the exchange knows none. refused: wrong."""
        wanted = {"Username": login.user, "Events": "call" if events else "off"}
        challenge = await self.ask("Challenge", AuthType="MD5")
        if challenge["response"].lower() == "success" and challenge.get("challenge"):
            key = hashlib.md5((challenge["challenge"] + login.secret).encode(), usedforsecurity=False).hexdigest()
            answer = await self.ask("Login", AuthType="MD5", Key=key, **wanted)
        else:
            answer = await self.ask("Login", Secret=login.secret, **wanted)
        if answer["response"].lower() != "success":
            raise ExchangeProblem("refused")


@asynccontextmanager
async def connected(login: Login, *, events: bool = False) -> AsyncIterator[Connection]:
    """Logged in. events: it shall tell of calls. Raises ExchangeProblem."""
    protection = ssl.create_default_context() if login.tls else None
    try:
        opening = asyncio.open_connection(login.host, login.port, ssl=protection)
        reader, writer = await asyncio.wait_for(opening, PATIENCE)
    except (OSError, TimeoutError):
        raise ExchangeProblem("unreachable") from None
    try:
        connection = Connection(reader, writer)
        await connection.log_in(login, events=events)
        yield connection
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1)
