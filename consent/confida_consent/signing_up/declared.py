"""What signing up declares."""

from __future__ import annotations

from uuid import UUID

from confida_consent.signing_up.tables import ConsentSignUp
from confida_core.contacts.content import Sealed, ShortText
from confida_core.declarations import RecordDeclaration


class SignUp(Sealed, frozen=True):
    """As typed. purposes: key and the id of the notice that was shown. signalled: the browser sent Sec-GPC: 1.

    source: the path of the page it was typed into.
    """

    email: str
    name: ShortText = ""
    language: str = ""
    purposes: list[tuple[str, UUID]] = []
    signalled: bool = False
    source: ShortText = "/my/subscribe"


# Nobody is known yet whose key could seal it.
SIGN_UP = RecordDeclaration(
    table=ConsentSignUp,
    content=SignUp,
    subject=None,
    retention_class="relationship",
    purpose="consent",
    label="Sign-ups that wait to be confirmed",
)

RECORDS = (SIGN_UP,)
