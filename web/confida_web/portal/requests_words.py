"""What people can ask for, and where their requests stand, in plain words; translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from confida_consent.rights.clock import Step
from confida_consent.rights.vocabulary import RequestKind, RequestState
from confida_web.languages import mark


@dataclass(frozen=True, kw_only=True, slots=True)
class KindWords:
    """key: of `RequestKind`. title: what one wants. means: what happens then. law: where it is written."""

    key: str
    title: str
    means: str
    law: str


KINDS: Mapping[str, KindWords] = {
    one.key: one
    for one in (
        KindWords(
            key=RequestKind.ACCESS,
            title=mark("See what you store about me"),
            means=mark(
                "You get a copy of everything, and learn why we have it, where it comes from, who got it and who looked at it."
            ),
            law=mark("GDPR Art. 15"),
        ),
        KindWords(
            key=RequestKind.PORTABILITY,
            title=mark("Take my data elsewhere"),
            means=mark("You get what you gave us yourself, in files that other programs can read."),
            law=mark("GDPR Art. 20"),
        ),
        KindWords(
            key=RequestKind.RECTIFICATION,
            title=mark("Correct my data"),
            means=mark("Tell us below what is wrong or missing and what is right."),
            law=mark("GDPR Art. 16"),
        ),
        KindWords(
            key=RequestKind.ERASURE,
            title=mark("Erase my data"),
            means=mark("Before anything goes, you see what goes, what has to stay, why, and until when."),
            law=mark("GDPR Art. 17"),
        ),
        KindWords(
            key=RequestKind.RESTRICTION,
            title=mark("Keep my data, but do not use them"),
            means=mark("For example while you dispute that they are right, or because you need them for a claim."),
            law=mark("GDPR Art. 18"),
        ),
        KindWords(
            key=RequestKind.OBJECTION,
            title=mark("Object to what you do with my data"),
            means=mark("Against advertising without any reason; against the rest for reasons of your own situation."),
            law=mark("GDPR Art. 21"),
        ),
        KindWords(
            key=RequestKind.WITHDRAWAL,
            title=mark("Withdraw a consent"),
            means=mark("What you once agreed to ends. On your own pages you can do so yourself, and it holds at once."),
            law=mark("GDPR Art. 7(3)"),
        ),
        KindWords(
            key=RequestKind.COMPLAINT,
            title=mark("Complain"),
            means=mark("About how we treat your data. You can also turn to a supervisory authority at any time."),
            law=mark("GDPR Art. 77"),
        ),
    )
}

STATES: Mapping[str, str] = {
    RequestState.RECEIVED: mark("Received"),
    RequestState.VERIFYING: mark("Waits for proof of who asks"),
    RequestState.CLARIFYING: mark("Waits for your reply to a question"),
    RequestState.IN_PROGRESS: mark("Being worked on"),
    RequestState.REVIEW: mark("Being looked over"),
    RequestState.ANSWERED: mark("Answered"),
    RequestState.REFUSED: mark("Refused"),
    RequestState.WITHDRAWN: mark("Withdrawn by you"),
    RequestState.EXPIRED: mark("Ended without an answer"),
}

STEPS: Mapping[str, str] = {
    Step.RECEIVED: mark("We received it"),
    Step.VERIFIED: mark("It was proved who asks"),
    Step.FEE_PAID: mark("The fee was paid"),
    Step.ASKED: mark("We asked you a question; time stands still until you reply, where the law says so"),
    Step.ASKED_WITHOUT_NEED: mark("We asked you a question; time goes on"),
    Step.REPLIED: mark("You replied"),
    Step.EXTENDED: mark("We told you that it takes longer"),
    Step.ANSWERED: mark("We answered"),
    Step.REFUSED: mark("We refused, with reasons"),
    Step.WITHDRAWN: mark("You withdrew it"),
}

# Why something outlasts an erasure, by its retention class; a hold says so itself.
GROUNDS: Mapping[str, str] = {
    "evidence": mark("Proof that we were allowed to do what we did, until claims have lapsed (GDPR Art. 17(3)(e))"),
    "bookkeeping": mark("The law makes us keep it (GDPR Art. 17(3)(b))"),
    "request": mark("Proof of how your request was answered, until its own period ends (GDPR Art. 17(3)(e))"),
}
HELD = mark("Proof of why data had to be kept (GDPR Art. 17(3)(e))")
LINKS = mark("Links and states")
