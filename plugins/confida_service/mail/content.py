"""What is sealed of a mailbox: where it is, and how we get in."""

from __future__ import annotations

from confida_core.api import InAnswer, LineText, RecordDeclaration, Sealed, ShortText
from confida_service.mail.tables import MailAccount


class MailAccountContent(Sealed, frozen=True):
    """address: what people write to. security: tls, starttls or none (to this machine only). folder: such as INBOX.

    password: of the mailbox, or "" where an access token is fetched with the four fields of OAuth (RFC 6749, 6).
    """

    label: ShortText = ""
    address: LineText = ""
    host: ShortText = ""
    port: int = 993
    security: ShortText = "tls"
    username: LineText = ""
    password: LineText = ""
    folder: ShortText = "INBOX"
    token_url: LineText = ""
    client_id: LineText = ""
    client_secret: LineText = ""
    refresh_token: str = ""


MAIL_ACCOUNT = RecordDeclaration(
    table=MailAccount,
    content=MailAccountContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Mailboxes",
    clear={"state": "one of two words", "problem": "a code"},
    answer=InAnswer(left_out={"*": "Settings of this installation; it names no contact."}),
)
