"""What is sealed about requests, their answers, holds and breaches.

The file of a request has a key of its own, of the class `request`, so that it outlasts the person's data and ends by itself.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from confida_core.contacts.content import LongText, PostalAddress, Sealed, ShortText

Text = Annotated[str, Meta(max_length=2_000)]


class Withheld(Sealed, frozen=True):
    """Something kept back from the answer. ground: the provision. note: the balancing (GDPR Art. 15(4), 23).

    group: the table or store all of whose entries are kept back; "" where it only tells what was blackened or left out.
    by, approved_by: hex ids of the two who decided it; "" where nobody has.
    """

    category: ShortText
    ground: Text
    note: Text = ""
    group: ShortText = ""
    by: ShortText = ""
    approved_by: ShortText = ""


class Redaction(Sealed, frozen=True):
    """A passage about somebody else that was blackened: in which record, which field, which words, and why.

    record: key of a table or store, "" for everywhere. field: "" for every one. words: "" for the whole field or file.
    """

    record: ShortText = ""
    record_id: ShortText = ""
    field: ShortText = ""
    words: Text = ""
    reason: Text = ""


class Suggestion(Sealed, frozen=True):
    """Words in the texts that may be about somebody else. kind: name, email or phone. places: in how many records.

    record, record_id, field: the first of them.
    """

    words: Text
    kind: ShortText = ""
    places: int = 1
    record: ShortText = ""
    record_id: ShortText = ""
    field: ShortText = ""


class Correction(Sealed, frozen=True):
    """What a person says is right. field: name, email, phone, address or language. held: what stood there when they said so;
    "" for something new, as `wanted` is for what is to go. address: of a postal address, the parts of what is wanted.
    """

    field: ShortText
    held: Text = ""
    wanted: Text = ""
    address: PostalAddress | None = None


class RequestFile(Sealed, frozen=True):
    """What the person asked, and how it was decided.

    given_name_of: how the person calls themselves. identifier: the e-mail address or phone number named in the request.
    scope: which data or period, if not everything. delivery: "portal" or "post". mandate: for whom, and by which power;
    mandate_file_id: hex id of a sealed file. identity: method and result of the check, never the evidence itself.
    left_in: passages that were looked at and may stay. corrections: what the person says is right, side by side.
    decision, reasons: of a refusal or an extension, in the words the person was told. complaint_told: the authority named.
    """

    given_name_of: ShortText = ""
    identifier: ShortText = ""
    scope: LongText = ""
    message: LongText = ""
    delivery: ShortText = "portal"
    mandate: LongText = ""
    mandate_file_id: ShortText = ""
    identity: Text = ""
    decision: LongText = ""
    reasons: LongText = ""
    complaint_told: Text = ""
    withheld: list[Withheld] = []
    redactions: list[Redaction] = []
    left_in: list[Redaction] = []
    corrections: list[Correction] = []


class StepNote(Sealed, frozen=True):
    """Why a step was taken, in words."""

    text: LongText = ""


class Letter(Sealed, frozen=True):
    """One message of the correspondence about a request."""

    subject: ShortText = ""
    text: LongText = ""
    other_side: ShortText = ""


class PackageNote(Sealed, frozen=True):
    """file_id: hex id of the sealed archive; secret: its key, which stands nowhere else. manifest_sha256: hex.

    counts: items per part; labels: what each part is called in English. faults: collectors that failed. suggestions: what
    nobody has looked at yet. decided: hash of the decisions (what is blackened, what is withheld) that the archive was made
    with. ledger_index: position of its leaf.
    reopened: why it may be fetched once more.
    """

    file_id: ShortText = ""
    manifest_sha256: ShortText = ""
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    faults: list[Text] = []
    secret: bytes = b""
    size: int = 0
    suggestions: list[Suggestion] = []
    decided: ShortText = ""
    ledger_index: int = -1
    reopened: Text = ""


class ErasureNote(Sealed, frozen=True):
    """What was shown before it was confirmed, what was kept on which ground until when, and the certificate.

    suppress, evidence: what was asked for beside the rest. recipients: who had got data, for the notices of Art. 19.
    request_salt: opens the request's commitment in the ledger. salt, payload: open the ledger's entry. classes: whose
    keys were destroyed.
    """

    suppress: bool = False
    evidence: bool = False
    classes: list[ShortText] = []
    request_salt: bytes = b""
    goes: list[Text] = []
    stays: list[Text] = []
    certificate: LongText = ""
    recipients: list[Text] = []
    faults: list[Text] = []
    salt: bytes = b""
    payload: bytes = b""


class HoldNote(Sealed, frozen=True):
    """A legal hold in words: what it is called, why it is needed, who answers for it."""

    name: ShortText = ""
    reason: LongText = ""
    owner: ShortText = ""


class BreachFile(Sealed, frozen=True):
    """A personal-data breach (GDPR Art. 33(3), 33(5), 34): facts, effects, measures, and what was told to whom."""

    title: ShortText = ""
    facts: LongText = ""
    categories: Text = ""
    persons: Text = ""
    records: Text = ""
    consequences: LongText = ""
    measures: LongText = ""
    risk: ShortText = ""
    reasons: LongText = ""
    told_authority: LongText = ""
    told_persons: LongText = ""
