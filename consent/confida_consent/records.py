"""How consent's personal tables are sealed."""

from __future__ import annotations

from confida_consent.content import Evidence, ImportAttestation
from confida_consent.tables import ConsentEvent, ConsentImport
from confida_core.declarations import InAnswer, RecordDeclaration

EVENT = RecordDeclaration(
    table=ConsentEvent,
    content=Evidence,
    subject="subject_id",
    retention_class="evidence",
    purpose="consent",
    label="Consent events",
    erasure="keep",
    keeps="Proof that we were allowed to do what we did, until claims have lapsed (GDPR Art. 17(3)(e)); then it goes too.",
    accounted=True,
    clear={
        "purpose": "Key of a purpose.",
        "channel": "One of the channels.",
        "kind": "One of the kinds of event.",
        "consent_type": "One of the types of consent.",
        "legal_basis": "One of the lawful bases.",
        "language": "Language tag of the notice.",
        "actor_kind": "One of the kinds of actor.",
        "method": "One of the methods.",
    },
    answer=InAnswer(
        category="What you allowed and refused",
        source="You said so; the entry tells how.",
    ),
)

IMPORT = RecordDeclaration(
    table=ConsentImport,
    content=ImportAttestation,
    subject=None,
    retention_class="evidence",
    purpose="consent",
    label="Attestations of consent imports",
    erasure="keep",
    keeps="The origin of every consent that the import brought; it names rows of a file, not persons.",
    clear={"state": "How far the import has come."},
)
