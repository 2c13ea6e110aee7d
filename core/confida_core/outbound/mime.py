"""Turns a delivery into the bytes of an e-mail.

The standard library encodes; it also writes the headers of which more is to be known than that they are short and plain. Put
together are the bytes here, because its own way (a tree of objects, each header parsed, each line looked at once more) takes
as long as everything else that a message of many needs.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Sequence
from email import policy
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from confida_core.contacts.channels import normal_email
from confida_core.outbound.content import AttachedFile
from confida_core.outbound.declarations import Delivery

# With its end; what is no longer need not be folded, and finding that out costs the library a millisecond for each message.
LONGEST_LINE = 78
_BASE64_LINE = 76
# With the ends of its lines. Quoted-printable grows less as long as about one sign in six is beyond ASCII.
_BASE64_GROWTH = 1.37
_FOLDED_AT_SPACES = frozenset({"subject", "from", "to", "date", "content-type", "content-disposition"})

# What the library would write as it stands. "=?" begins an encoded word, and a line break is the library's to refuse.
_PLAIN = re.compile(r"[!-~]([ -~]*[!-~])?\Z")
_PLAIN_ADDRESS = re.compile(
    r"[\w!#$%&'*+/=^`{|}~-]+(\.[\w!#$%&'*+/=^`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)*\Z", re.ASCII | re.I
)
# Addresses are put into their usual form.
_PARSED = frozenset({"from", "to", "reply-to"})


class Headers(HeaderRegistry):
    """The library's own, with each kind of header made once; it makes a class anew for every header of every message."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        folded = name.lower()
        if folded not in self._made:
            self._made[folded] = super().__getitem__(name)
        return self._made[folded]


class MailPolicy(policy.EmailPolicy):
    """CRLF, seven bits, and long tokens left whole.

    The stock policy turns a long token, such as the address in List-Unsubscribe, into an encoded word that no mail
    program can follow. A line may have 998 characters (RFC 5322), and headers are checked to be shorter.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        line = f"{name}: {value}\r\n"
        if not line.isascii() or (len(line) > LONGEST_LINE and name.lower() in _FOLDED_AT_SPACES):
            return super().fold_binary(name, value)
        return line.encode("ascii")


POLICY = MailPolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False, header_factory=Headers())


@lru_cache(maxsize=64)
def sender_of(setting: str) -> Address | None:
    """The sender as the setting gives it, with or without a name; None where it holds no address."""
    name, address = parseaddr(setting)
    ascii_form = ascii_address(address) if "\n" not in setting and "\r" not in setting else None
    return Address(display_name=name, addr_spec=ascii_form) if ascii_form else None


def ascii_address(address: str) -> str | None:
    """The address as every mail server takes it (its domain in the form of IDNA), or None where there is no such form."""
    normal = normal_email(address)
    if normal is None or normal.isascii():
        return normal
    from email_validator import validate_email

    checked = validate_email(normal, check_deliverability=False, globally_deliverable=False)
    return checked.ascii_email


def message_id(row_id: UUID, sender: Address) -> str:
    """The same at every attempt, so that a server or reader that gets it twice can tell."""
    return f"<{row_id}@{sender.domain}>"


class Part(NamedTuple):
    """head: its header lines. body: what follows them. All lines end with CRLF."""

    head: bytes
    body: bytes


def written(delivery: Delivery, sender: Address, recipient: str) -> bytes:
    """The whole message: text, HTML beside it if there is some, and the files. Raises ValueError where a header holds a line break."""
    content = _text_part(delivery.text, "plain")
    if delivery.html:
        content = _together("alternative", [content, _text_part(delivery.html, "html")], delivery.id)
    if delivery.files:
        content = _together("mixed", [content, *map(_file_part, delivery.files)], delivery.id)
    lines = [
        _from_line(sender.display_name, sender.username, sender.domain),
        _to_line(recipient),
        _header("Subject", delivery.subject),
        _header("Date", format_datetime(delivery.created_at)),
        _header("Message-ID", message_id(delivery.id, sender)),
        *(_header(name, value) for name, value in delivery.headers.items()),
        b"MIME-Version: 1.0\r\n",
        content.head,
        b"\r\n",
        content.body,
    ]
    return b"".join(lines)


def _header(name: str, value: str) -> bytes:
    """One header with the end of its line. Raises ValueError for a line break in it."""
    line = f"{name}: {value}\r\n"
    short = len(line) <= LONGEST_LINE or name.lower() not in _FOLDED_AT_SPACES
    if short and name.lower() not in _PARSED and "=?" not in value and _PLAIN.match(value):
        return line.encode("ascii")
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


@lru_cache(maxsize=64)
def _from_line(display_name: str, username: str, domain: str) -> bytes:
    return POLICY.fold_binary(*POLICY.header_store_parse("From", Address(display_name, username, domain)))


def _to_line(recipient: str) -> bytes:
    line = f"To: {recipient}\r\n"
    if len(line) <= LONGEST_LINE and _PLAIN_ADDRESS.match(recipient):
        return line.encode("ascii")
    return POLICY.fold_binary(*POLICY.header_store_parse("To", Address(addr_spec=recipient)))


def _text_part(text: str, subtype: str) -> Part:
    """As it stands where every server may carry it, else in whichever encoding takes less room."""
    lines = text.encode().splitlines() or [b""]
    whole = b"\r\n".join(lines) + b"\r\n"
    encoding, body = b"7bit", whole
    if not whole.isascii() or max(map(len, lines)) > LONGEST_LINE:
        encoding, body = b"quoted-printable", b2a_qp(whole)
        if len(body) > len(whole) * _BASE64_GROWTH:
            encoding, body = b"base64", _in_base64(whole)
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: '
    return Part(kind.encode("ascii") + encoding + b"\r\n", body)


def _file_part(file: AttachedFile) -> Part:
    named = EmailMessage(policy=POLICY)
    named.add_header("Content-Disposition", "attachment", filename=file.name)
    lines = [
        _header("Content-Type", file.media_type),
        b"Content-Transfer-Encoding: base64\r\n",
        *(POLICY.fold_binary(name, value) for name, value in named.items()),
    ]
    return Part(b"".join(lines), _in_base64(file.data))


def _in_base64(data: bytes) -> bytes:
    encoded = b64encode(data)
    lines = [encoded[start : start + _BASE64_LINE] for start in range(0, len(encoded), _BASE64_LINE)]
    return b"\r\n".join([*lines, b""])


def _together(subtype: str, parts: Sequence[Part], message: UUID) -> Part:
    """One part that holds those. What keeps them apart occurs in none of them, and is the same at each attempt."""
    number = 0
    while (apart := f"={number}={message.hex}=".encode("ascii")) and any(apart in part.body for part in parts):
        number += 1
    pieces = [b"--%b\r\n%b\r\n%b\r\n" % (apart, part.head, part.body) for part in parts]
    head = b'Content-Type: multipart/%b;\r\n boundary="%b"\r\n' % (subtype.encode("ascii"), apart)
    return Part(head, b"".join([*pieces, b"--%b--\r\n" % apart]))
