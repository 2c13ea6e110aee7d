"""Security events as people read them."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "": "Everything",
    "session": "Signing in",
    "account": "Accounts and roles",
    "recovery_key": "Recovery key",
    "export": "Exports",
    "import": "Imports",
    "plugin": "Plugins",
    "purpose": "Purposes",
    "suppression": "Suppression list",
    "consents": "Asking for consent",
}
_WORDS: Mapping[str, str] = {
    "session.started": "Signed in",
    "session.ended": "Signed out",
    "session.refused": "Failed to sign in",
    "session.proved": "Typed the password again",
    "session.all_ended": "Signed everybody out",
    "account.owner_created": "Became owner of this installation",
    "account.invited": "Invited",
    "account.joined": "Accepted an invitation",
    "account.role_changed": "Changed the role of",
    "account.disabled": "Disabled",
    "account.enabled": "Enabled again",
    "account.reset_started": "Made a link for a new password of",
    "account.password_reset": "Chose a new password",
    "account.password_changed": "Changed their password",
    "purpose.saved": "Saved a purpose",
    "purpose.retired": "Retired a purpose",
    "purpose.resumed": "Took up a purpose again",
    "suppression.added": "Put an address on the suppression list",
    "suppression.lifted": "Took an address off the suppression list",
    "suppressions.imported": "Brought a list of suppressed addresses",
    "consents.asked_again": "Asked people for their consent",
    "import.consents_started": "Began an import of consents",
    "import.consents_made": "Imported consents",
    "recovery_key.made": "Made a new recovery key",
    "recovery_key.confirmed": "Confirmed that the recovery key is stored",
}


def in_words(kind: str, target: str = "") -> str:
    """A sentence without its subject; for events of others their own name, made readable."""
    words = _WORDS.get(kind) or kind.replace("_", " ").replace(".", ": ").capitalize()
    return f"{words}: {target}" if target else words
