"""What plugins may use of consent, beside the hooks; everything else may change without notice.

Nothing is ever sent from here: hand it to core's sending door, which asks the gate itself. Ask the gate beforehand only to
show somebody what may be done. `CHANNEL_LABELS` are the channels in words, and `CONSENT_FIELD` is the key of the index's field
of how consents stand, whose values `state_value` makes and `state_choices` puts into words.
"""

from __future__ import annotations

from confida_consent.answers import Answer, Reason
from confida_consent.content import Evidence
from confida_consent.controller import Controller, read_controller
from confida_consent.declarations import ConsentPurpose, Purpose, Wording
from confida_consent.events import RecordedEvent, record_event, record_events
from confida_consent.gate import may, may_many
from confida_consent.hookspecs import ConsentHooks
from confida_consent.indications import Indication, IndicationRefused
from confida_consent.ledger.openers import LedgerOpener
from confida_consent.notices import Notice, current_notice, notice
from confida_consent.proof import telephone_list
from confida_consent.purposes import all_purposes, purpose_of
from confida_consent.sending import unsubscribe_links
from confida_consent.signing_up.asking import accept_sign_up
from confida_consent.signing_up.declared import SignUp
from confida_consent.state_field import FIELD as CONSENT_FIELD
from confida_consent.state_field import state_choices, state_value
from confida_consent.vocabulary import CHANNEL_LABELS, Basis, Category, Channel, ConsentType, Kind, Method
from confida_consent.vocabulary import Actor as ActorKind
from confida_core.hookspecs import hookimpl

__all__ = [
    "CHANNEL_LABELS",
    "CONSENT_FIELD",
    "ActorKind",
    "Answer",
    "Basis",
    "Category",
    "Channel",
    "ConsentHooks",
    "ConsentPurpose",
    "ConsentType",
    "Controller",
    "Evidence",
    "Indication",
    "IndicationRefused",
    "Kind",
    "LedgerOpener",
    "Method",
    "Notice",
    "Purpose",
    "Reason",
    "RecordedEvent",
    "SignUp",
    "Wording",
    "accept_sign_up",
    "all_purposes",
    "current_notice",
    "hookimpl",
    "may",
    "may_many",
    "notice",
    "purpose_of",
    "read_controller",
    "record_event",
    "record_events",
    "state_choices",
    "state_value",
    "telephone_list",
    "unsubscribe_links",
]
