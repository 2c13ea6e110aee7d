"""Turns a delivery into the bytes of an e-mail, with the standard library."""

from __future__ import annotations

from email import policy
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from uuid import UUID

from confida_core.contacts.channels import normal_email
from confida_core.outbound.declarations import Delivery

# With its end; what is no longer need not be folded, and finding that out costs the library a millisecond for each message.
LONGEST_LINE = 78
_FOLDED_AT_SPACES = frozenset({"subject", "from", "to", "date", "content-type", "content-disposition"})


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


def written(delivery: Delivery, sender: Address, recipient: str) -> bytes:
    """The whole message: text, HTML beside it if there is some, and the files. Raises ValueError where a header holds a line break."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = delivery.subject
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = message_id(delivery.id, sender)
    for name, value in delivery.headers.items():
        message[name] = value
    message.set_content(delivery.text + "\n", charset="utf-8")
    if delivery.html:
        message.add_alternative(delivery.html + "\n", subtype="html", charset="utf-8")
    for file in delivery.files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    if message.is_multipart():
        # Else the library looks through the whole message for what is not in it; random bits are not, and the same at each attempt.
        message.set_boundary(f"={delivery.id.hex}=")
    return message.as_bytes()
