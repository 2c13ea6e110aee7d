"""What is sealed of a call, and how it stands at export and erasure."""

from __future__ import annotations

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed, TableDeclaration
from confida_service.telephone.tables import Call, Exchange, Phone


class CallContent(Sealed, frozen=True):
    """number: with country code where that is known, "" if it was suppressed. name: as the exchange showed it. note: of ours."""

    number: LineText = ""
    name: LineText = ""
    note: LongText = ""


CALL = RecordDeclaration(
    table=Call,
    content=CallContent,
    subject=None,
    retention_class="relationship",
    purpose="relationship",
    label="Calls",
    clear={
        "call_hash": "a keyed hash",
        "number_hash": "a keyed hash",
        "direction": "one of two words",
        "state": "one of three words",
        "outcome": "one of two words",
        "extensions": "numbers within the organisation",
    },
    answer=InAnswer(
        category="Calls", source="Told by the telephone exchange; the note is by somebody who works for us."
    ),
)
RECORDS = (CALL,)
WITHIN = "Numbers within the organisation, chosen by the colleague themselves."
TABLES = (
    TableDeclaration(table=Phone, subject_free=WITHIN, clear={"extensions": WITHIN}),
    TableDeclaration(
        table=Exchange, subject_free="Whether a machine answers.", clear={"problem": "one of a few words"}
    ),
)
