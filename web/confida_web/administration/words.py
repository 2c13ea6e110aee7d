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
    "retention": "Retention",
    "hold": "Legal holds",
    "restricted": "Looks at restricted people",
    "restriction": "Lifting of restrictions",
    "breach": "Breaches",
    "reads": "Bulk reading",
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
    "retention.country_chosen": "Chose whose rules of retention hold",
    "retention.rule_switched_on": "Switched on a rule of retention",
    "retention.rule_switched_off": "Switched off a rule of retention",
    "retention.ended": "Ended what was kept no longer",
    "hold.given": "Gave a legal hold",
    "hold.reviewed": "Prolonged a legal hold",
    "hold.lifted": "Lifted a legal hold",
    "restricted.opened_for_own_request": "Looked at a restricted contact, for that person's own request",
    "restricted.opened_for_consent": "Looked at a restricted contact, with the person's consent",
    "restricted.opened_for_legal_claims": "Looked at a restricted contact, for legal claims",
    "restricted.opened_for_rights_of_others": "Looked at a restricted contact, to protect somebody else's rights",
    "restricted.opened_for_public_interest": "Looked at a restricted contact, for an important public interest",
    "restriction.lifting_told_by_email": "Told a person by e-mail that the restriction will be lifted",
    "restriction.lifting_told_by_post": "Told a person by letter that the restriction will be lifted",
    "restriction.lifting_told_by_phone": "Told a person by telephone that the restriction will be lifted",
    "restriction.lifting_told_by_in_person": "Told a person face to face that the restriction will be lifted",
    "breach.recorded": "Recorded a breach",
    "breach.changed": "Changed the record of a breach",
    "breach.authority_told": "Told the authority of a breach",
    "breach.persons_told": "Told the people of a breach",
    "breach.closed": "Closed a breach",
    "reads.many_in_an_hour": "Many people were looked at within an hour",
    "reads.many_in_a_day": "Many people were looked at within a day",
    "reads.thresholds_changed": "Changed when bulk reading raises an alarm",
    "settings.plugin_changed": "Changed the settings of a plugin",
    "recovery_key.made": "Made a new recovery key",
    "recovery_key.confirmed": "Confirmed that the recovery key is stored",
}


def in_words(kind: str, target: str = "") -> str:
    """A sentence without its subject; for events of others their own name, made readable."""
    words = _WORDS.get(kind) or kind.replace("_", " ").replace(".", ": ").capitalize()
    return f"{words}: {target}" if target else words
