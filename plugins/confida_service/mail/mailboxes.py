"""Speaks with a mail server over IMAP (RFC 3501). Everything here blocks, so it runs in a thread, and every wait ends."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from time import monotonic
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

SECONDS = 30.0
# IDLE is looked after in slices, so that a program that stops does not wait for a mail.
SLICE = 2.0
MOST_MAILS = 50
MOST_BYTES = 25_000_000
LARGEST_MAIL = 50_000_000
SECURITIES = ("tls", "starttls", "none")


class MailboxProblem(Exception):
    """Why a mailbox cannot be read, as a code: see PROBLEMS. Holds nothing that a server said."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


PROBLEMS = {
    "unreachable": "The mail server does not answer.",
    "dropped": "The mail server broke the connection off.",
    "slow": "The mail server answered too slowly.",
    "no_trust": "The mail server's certificate is not one to be trusted.",
    "login_refused": "The mail server refused user name and password.",
    "no_token": "No access token could be fetched.",
    "no_folder": "There is no such folder.",
    "refused": "The mail server refused what we asked for.",
    "in_the_open": "The password would travel unencrypted; only a server on this machine may be asked so.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """password or token is given; repr never shows them."""

    host: str
    port: int
    security: str
    username: str
    folder: str
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return "Login(...)"


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox was read. validity 0: never. since: the day from which to look where the server counts anew."""

    validity: int
    last_uid: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """raw: the whole message, or its head alone where it is larger than we take (`cut`)."""

    uid: int
    raw: bytes
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The next mails, the oldest first. more: there are others behind them."""

    validity: int
    mails: tuple[FetchedMail, ...]
    more: bool


@contextmanager
def opened(login: Login) -> Iterator[BaseMailBox]:
    """A mailbox with its folder open for reading alone. Raises MailboxProblem, also for what happens inside."""
    box: BaseMailBox | None = None
    try:
        box = connected(login, SECONDS)
        enter(box, login)
        yield box
    except MailboxProblem:
        raise
    except MailboxLoginError:
        raise MailboxProblem("login_refused") from None
    except ssl.SSLCertVerificationError:
        raise MailboxProblem("no_trust") from None
    except TimeoutError:
        raise MailboxProblem("slow" if box is not None else "unreachable") from None
    except imaplib.IMAP4.abort:
        raise MailboxProblem("dropped") from None
    except OSError:
        raise MailboxProblem("dropped" if box is not None else "unreachable") from None
    except (imaplib.IMAP4.error, ImapToolsError):
        raise MailboxProblem("refused") from None
    finally:
        if box is not None:
            with suppress(Exception):
                box.client.shutdown()


def connected(login: Login, seconds: float) -> BaseMailBox:
    context = ssl.create_default_context()
    if login.security == "tls":
        return MailBox(login.host, login.port, timeout=seconds, ssl_context=context)
    if login.security == "starttls":
        return MailBoxStartTls(login.host, login.port, timeout=seconds, ssl_context=context)
    if not is_here(login.host):
        raise MailboxProblem("in_the_open")
    return MailBoxUnencrypted(login.host, login.port, timeout=seconds)


def is_here(host: str) -> bool:
    """Whether a name or address is this machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def enter(box: BaseMailBox, login: Login) -> None:
    if login.token:
        box.xoauth2(login.username, login.token, initial_folder=None)
    else:
        box.login(login.username, login.password, initial_folder=None)
    try:
        box.folder.set(login.folder, readonly=True)
    except ImapToolsError:
        raise MailboxProblem("no_folder") from None


def look_at(login: Login) -> Position:
    """Where the mailbox ends at present. Raises MailboxProblem."""
    with opened(login) as box:
        return ending(box, login.folder)


def ending(box: BaseMailBox, folder: str) -> Position:
    """As the server said when the folder was opened, or says when it is asked, which some find cheaper."""
    told = [box.client.response(name)[1][0] for name in ("UIDVALIDITY", "UIDNEXT")]
    if None in told:
        status = box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        return Position(status["UIDVALIDITY"], status["UIDNEXT"] - 1)
    return Position(int(told[0]), int(told[1]) - 1)


def fetch(login: Login, position: Position) -> Batch:
    """The mails behind a position, at most MOST_MAILS and about MOST_BYTES of them; nothing changes on the server.

    Where the server counts anew (another UIDVALIDITY), all since a day before the last visit: whoever stores them knows which
    are there already. Where the connection breaks after some of them, these are the batch: over a line that never lasts for long
    the rest would else be asked for again and again. Raises MailboxProblem.
    """
    with opened(login) as box:
        end = ending(box, login.folder)
        uids = unseen(box, position, end)
        sizes = sizes_of(box, uids[:MOST_MAILS])
        mails: list[FetchedMail] = []
        total = 0
        for uid in uids[:MOST_MAILS]:
            size = sizes.get(uid, 0)
            if mails and total + size > MOST_BYTES:
                break
            total += size
            try:
                raw = raw_of(box, uid, head=size > LARGEST_MAIL)
            except (OSError, imaplib.IMAP4.abort):
                if not mails:
                    raise
                break
            mails.append(FetchedMail(uid, raw, cut=size > LARGEST_MAIL))
        return Batch(end.validity, tuple(mail for mail in mails if mail.raw), len(mails) < len(uids))


def unseen(box: BaseMailBox, position: Position, end: Position) -> list[int]:
    if end.validity == position.validity:
        if end.last_uid <= position.last_uid:
            return []
        question = f"UID {position.last_uid + 1}:*"
        lowest = position.last_uid
    else:
        question = f"SINCE {position.since:%d-%b-%Y}" if position.since is not None else "ALL"
        lowest = 0
    found = words(box.client.uid("SEARCH", question))
    # "n:*" names the last mail even if its number is smaller than n.
    return sorted(uid for uid in map(int, found) if uid > lowest)


def words(answer: tuple[str, list[Any]]) -> list[bytes]:
    status, data = answer
    if status != "OK":
        raise MailboxProblem("refused")
    return bytes(data[0] or b"").split() if data else []


def sizes_of(box: BaseMailBox, uids: list[int]) -> dict[int, int]:
    if not uids:
        return {}
    status, data = box.client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    if status != "OK":
        raise MailboxProblem("refused")
    found = {}
    for line in data:
        fields = bytes(line if isinstance(line, bytes) else b"").replace(b"(", b" ").replace(b")", b" ").split()
        if b"UID" in fields and b"RFC822.SIZE" in fields:
            found[int(fields[fields.index(b"UID") + 1])] = int(fields[fields.index(b"RFC822.SIZE") + 1])
    return found


def raw_of(box: BaseMailBox, uid: int, *, head: bool) -> bytes:
    """b"" for a mail that somebody else has removed meanwhile."""
    status, data = box.client.uid("FETCH", str(uid), "(BODY.PEEK[HEADER])" if head else "(BODY.PEEK[])")
    if status != "OK":
        raise MailboxProblem("refused")
    return next((bytes(item[1]) for item in data if isinstance(item, tuple)), b"")


def wait_for_mail(login: Login, position: Position, seconds: float, stopped: Callable[[], bool]) -> bool:
    """Whether mail came within so many seconds, by IDLE (RFC 2177); at once, if some is there already.

    False at once where the server has no IDLE: the caller asks again after a while. Raises MailboxProblem.
    """
    with opened(login) as box:
        end = ending(box, login.folder)
        if end.validity != position.validity or end.last_uid > position.last_uid:
            return True
        if "IDLE" not in box.client.capabilities:
            return False
        box.idle.start()  # type: ignore[no-untyped-call]
        ends = monotonic() + seconds
        while monotonic() < ends and not stopped():
            asked = monotonic()
            heard = box.idle.poll(timeout=SLICE)
            if any(b"EXISTS" in line for line in heard):
                return True
            # A connection that was closed is always ready to be read, and then has nothing to say.
            if not heard and monotonic() - asked < SLICE / 2:
                raise MailboxProblem("dropped")
        return False
