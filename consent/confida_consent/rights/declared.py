"""What data subjects' rights declare."""

from __future__ import annotations

from confida_consent.rights.content import (
    BreachFile,
    ErasureNote,
    HoldNote,
    Letter,
    PackageNote,
    RequestFile,
    StepNote,
)
from confida_consent.rights.tables import (
    RightsBreach,
    RightsErasure,
    RightsHold,
    RightsLetter,
    RightsPackage,
    RightsRequest,
    RightsRetentionRun,
    RightsStep,
)
from confida_core.accounts.roles import PRIVACY
from confida_core.declarations import (
    InAnswer,
    PermissionDeclaration,
    RecordDeclaration,
    TableDeclaration,
)
from confida_core.jobs.declarations import JobDeclaration

CLASS, PURPOSE = "request", "data_subject_rights"
KEEPS = "Proof of how a request was answered, until its own period ends (GDPR Art. 5(2), 17(3)(e))."

REQUESTS = "Your requests and our answers"
OF_REQUEST = "request_id IN (SELECT id FROM rights_request WHERE contact_id = ?)"
ABOUT_OTHERS = "It is about other people; how many passages were blackened, and why, is told in the answer."

REQUEST = RecordDeclaration(
    table=RightsRequest,
    content=RequestFile,
    subject="id",
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Requests of data subjects",
    erasure="keep",
    keeps=KEEPS,
    clear={
        "reference": "A random reference number.",
        "kind": "One of the kinds of request.",
        "state": "One of the states.",
        "source": "One of the ways a request comes in.",
        "country": "Whose rules apply.",
        "subdivision": "Whose public holidays apply.",
        "language": "Language tag of the answer.",
    },
    answer=InAnswer(
        category=REQUESTS,
        source="You asked, or somebody wrote it down for you.",
        reached="contact_id = ?",
        left_out={"redactions": ABOUT_OTHERS, "left_in": ABOUT_OTHERS},
    ),
)
STEP = RecordDeclaration(
    table=RightsStep,
    content=StepNote,
    subject="request_id",
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Steps of requests",
    erasure="keep",
    keeps=KEEPS,
    clear={"step": "One of the steps."},
    answer=InAnswer(category=REQUESTS, reached=OF_REQUEST),
)
LETTER = RecordDeclaration(
    table=RightsLetter,
    content=Letter,
    subject="request_id",
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Correspondence about requests",
    erasure="keep",
    keeps=KEEPS,
    clear={"direction": "In or out.", "channel": "One of the channels."},
    answer=InAnswer(category=REQUESTS, reached=OF_REQUEST),
)
PACKAGE = RecordDeclaration(
    table=RightsPackage,
    content=PackageNote,
    subject="request_id",
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Answer packages",
    erasure="keep",
    keeps=KEEPS,
    clear={"state": "One of the states."},
    answer=InAnswer(
        category=REQUESTS,
        reached=OF_REQUEST,
        left_out={"secret": "The key of an earlier answer.", "suggestions": ABOUT_OTHERS},
    ),
)
ERASURE = RecordDeclaration(
    table=RightsErasure,
    content=ErasureNote,
    subject=None,
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Erasures",
    erasure="keep",
    keeps=KEEPS,
    clear={"stage": "One of the stages."},
    answer=InAnswer(category=REQUESTS, reached="contact_id = ?"),
)
HOLD = RecordDeclaration(
    table=RightsHold,
    content=HoldNote,
    subject=None,
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Legal holds",
    erasure="keep",
    keeps="A hold proves why data was kept (GDPR Art. 17(3)(e)).",
    answer=InAnswer(
        reached="contact_id = ?",
        left_out={
            "*": "Why it is kept may be about a dispute; the answer says that something is held, and since when."
        },
    ),
)
BREACH = RecordDeclaration(
    table=RightsBreach,
    content=BreachFile,
    subject=None,
    retention_class=CLASS,
    purpose=PURPOSE,
    label="Breaches",
    erasure="keep",
    keeps="Every breach is documented (GDPR Art. 33(5)).",
    clear={"reference": "A random reference number."},
)

RECORDS = (REQUEST, STEP, LETTER, PACKAGE, ERASURE, HOLD, BREACH)

TABLES = (
    TableDeclaration(table=RightsRetentionRun, subject_free="Counts only.", clear={"rule": "Key of a retention rule."}),
)

JOBS: tuple[JobDeclaration, ...] = ()

PERMISSIONS = (
    PermissionDeclaration(key="requests.read", label="See the files of data subjects' requests", roles=PRIVACY),
    PermissionDeclaration(key="requests.decide", label="Answer, extend, refuse and carry out requests", roles=PRIVACY),
    PermissionDeclaration(
        key="registers.read", label="See the registers a supervisory authority asks for", roles=PRIVACY
    ),
    PermissionDeclaration(key="breaches.record", label="Record breaches and what was told to whom", roles=PRIVACY),
    PermissionDeclaration(key="retention.manage", label="Keep retention rules and legal holds", roles=PRIVACY),
)
