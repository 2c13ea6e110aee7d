"""The answer to a request for access: put together, looked at, released. Nothing leaves without somebody's eyes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_consent.rights.content import Redaction, Suggestion
from confida_consent.rights.package import order_package
from confida_consent.rights.package_review import (
    NotReady,
    Review,
    approve_withholding,
    decide_redactions,
    give_after_all,
    key_of,
    open_for_review,
    release_package,
    reopen_package,
    review_package,
    withhold,
)
from confida_consent.rights.requests import OpenedRequest, request_of
from confida_consent.rights.requests_deciding import answer
from confida_consent.rights.vocabulary import PackageState
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import Access
from confida_web.display import Errors
from confida_web.files.routes import SANDBOX, disposition
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.requests.listing import HERE
from confida_web.requests.pages_carrying import AnswerPage, DecidedLine, SuggestionLine, WithheldLine
from confida_web.requests.words import options
from confida_web.security.access import access_for

STATES: Mapping[str, tuple[str, str]] = {
    PackageState.ASSEMBLING: ("Being put together", ""),
    PackageState.FAILED: ("Failed", "must-not"),
    PackageState.REVIEW: ("To be looked at", "ask"),
    PackageState.READY: ("Released, not fetched yet", "may"),
    PackageState.DELIVERED: ("Fetched", "may"),
    PackageState.EXPIRED: ("Over", ""),
}
NOT_READY: Mapping[str, str] = {
    "no_package": "There is nothing to release yet.",
    "failed": "A part could not be collected. The answer would not be complete; put it together again.",
    "wrong_state": "It cannot be released in this state.",
    "undecided": "Decide about every passage first.",
    "outdated": "Something was decided since it was put together. Put it together again.",
    "unapproved": "Something is kept back. Somebody else has to approve that first.",
    "own": "Somebody else has to approve it: four eyes see more than two.",
    "gone": "This has been changed, taken back or approved meanwhile. Look again.",
}
WHAT = {"name": "Name", "email": "E-mail address", "phone": "Telephone number"}
LONGEST = 2_000


@get("/requests/{request_id:uuid}/package", permission="requests.decide")
async def package(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await answer_page(request, request_id, FormData()), block="review")


async def answer_page(
    request: Request[Any, Any, Any], request_id: UUID, form: FormData, errors: Errors | None = None
) -> AnswerPage:
    crm, access, href = request.state.crm, access_of(request), f"{HERE}/{request_id}"
    one = await request_of(crm, access, request_id)
    review = await review_package(crm, access, request_id)
    labels = {key: record.label for key, record in crm.registry.records.items()}
    names = ("words", "category", "ground", "note", "reason")
    shown = AnswerPage(
        reference=one.reference,
        back=href,
        action=f"{href}/package",
        open=one.open,
        groups=options({"": "Nothing as a whole", **labels}, {form.get("group")}),
        values={name: form.get(name) for name in names},
        errors=errors or {},
    )
    return with_review(shown, review, labels, href, access.actor.id) if review else shown


def with_review(shown: AnswerPage, review: Review, labels: Mapping[str, str], href: str, reader_id: UUID) -> AnswerPage:
    """reader_id: whoever looks at it; nobody approves what they themselves keep back."""
    word, tone = STATES[review.state]
    kept = review.state in {PackageState.REVIEW, PackageState.READY, PackageState.DELIVERED}
    return replace(
        shown,
        state=review.state.value,
        state_word=word,
        tone=tone,
        created_at=review.created_at,
        expires_at=review.expires_at,
        delivered_at=review.delivered_at,
        size=review.size,
        sha256=review.manifest_sha256,
        parts=tuple((review.labels.get(key) or labels.get(key, key), count) for key, count in review.counts.items()),
        faults=tuple(review.faults),
        suggestions=tuple(
            SuggestionLine(key=str(number), words=one.words, what=WHAT.get(one.kind, one.kind), places=one.places)
            for number, one in enumerate(review.suggestions)
        ),
        decided=decided_of(review.redactions, review.left_in, labels),
        withheld=tuple(
            WithheldLine(
                key=key_of(one),
                category=one.category,
                ground=one.ground,
                note=one.note,
                approved=bool(one.approved_by),
                may_approve=not one.approved_by and one.by != reader_id.hex,
            )
            for one in review.withheld
        ),
        outdated=review.outdated,
        archive_href=f"{href}/package.zip" if kept else "",
        may_release=review.state is PackageState.REVIEW
        and not review.outdated
        and not review.suggestions
        and all(one.approved_by for one in review.withheld),
    )


def decided_of(
    blackened: Sequence[Redaction], left: Sequence[Redaction], labels: Mapping[str, str]
) -> tuple[DecidedLine, ...]:
    both = [("b", True, blackened), ("l", False, left)]
    return tuple(
        DecidedLine(
            key=f"{mark}{number}",
            words=one.words,
            blackened=black,
            where=labels.get(one.record, one.record),
            reason=one.reason,
        )
        for mark, black, ones in both
        for number, one in enumerate(ones)
    )


def access_of(request: Request[Any, Any, Any]) -> Access:
    return access_for(request, "data_subject_rights")


@post("/requests/{request_id:uuid}/package", permission="requests.decide", status_code=200)
async def act(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    action = ACTIONS.get(form.get("action"))
    try:
        if action is None:
            raise InvalidContent({"": "Choose what to do."})
        one = await request_of(request.state.crm, access_of(request), request_id)
        message = await action(request, one, form)
    except InvalidContent as wrong:
        return page(request, await answer_page(request, request_id, form, wrong.errors), block="review", status=422)
    except NotReady as wrong:
        problem = {"": NOT_READY.get(wrong.reason, NOT_READY["wrong_state"])}
        status = 409 if wrong.reason == "gone" else 422
        return page(request, await answer_page(request, request_id, form, problem), block="review", status=status)
    return redirect(request, f"{HERE}/{request_id}/package", Toast(message=message))


Act = Callable[[Request[Any, Any, Any], OpenedRequest, FormData], Awaitable[str]]


async def assemble(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    if one.contact_id is not None and not one.verified:
        raise InvalidContent({"": "First it has to be proved who asks."})
    await order_package(request.state.crm, access_of(request), one.id)
    return "It is being put together."


async def decide(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    """Every suggestion that was ticked off one way or the other, beside what was decided before."""
    crm, access = request.state.crm, access_of(request)
    review = await reviewed(request, one)
    chosen = [(form.get(f"passage-{number}"), each) for number, each in enumerate(review.suggestions)]
    blacken = [redaction_of(each, "Somebody else") for word, each in chosen if word == "blacken"]
    leave = [redaction_of(each, "") for word, each in chosen if word == "leave"]
    await decide_redactions(
        crm, access, one.id, blacken=[*review.redactions, *blacken], leave=[*review.left_in, *leave]
    )
    return "Decided. Put the answer together again, so that it holds."


def redaction_of(one: Suggestion, reason: str) -> Redaction:
    """Everywhere the words stand: a name is not less somebody's in another place."""
    return Redaction(words=one.words, reason=reason)


async def blacken(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    words = form.get("words").strip()
    if not 2 <= len(words) <= LONGEST:
        raise InvalidContent({"words": "Write the words to blacken."})
    review = await reviewed(request, one)
    added = Redaction(words=words, reason=form.get("reason").strip()[:LONGEST])
    await decide_redactions(
        request.state.crm, access_of(request), one.id, blacken=[*review.redactions, added], leave=review.left_in
    )
    return "It will be blackened. Put the answer together again, so that it holds."


async def undecide(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    review = await reviewed(request, one)
    key = form.get("key")
    await decide_redactions(
        request.state.crm,
        access_of(request),
        one.id,
        blacken=[each for number, each in enumerate(review.redactions) if key != f"b{number}"],
        leave=[each for number, each in enumerate(review.left_in) if key != f"l{number}"],
    )
    return "Taken back. Put the answer together again, so that it holds."


async def reviewed(request: Request[Any, Any, Any], one: OpenedRequest) -> Review:
    review = await review_package(request.state.crm, access_of(request), one.id)
    if review is None:
        raise NotReady("no_package")
    return review


async def keep_back(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    values = {name: form.get(name).strip()[:LONGEST] for name in ("category", "ground", "note")}
    errors = {
        name: sentence
        for name, sentence in (("category", "Say what is kept back."), ("ground", "Say on which ground."))
        if not values[name]
    }
    group = form.get("group")
    if group and group not in request.state.crm.registry.records:
        errors["group"] = "Choose what is kept back."
    if errors or len(values["category"]) > 200:
        raise InvalidContent(errors or {"category": "Say it in at most 200 characters."})
    await withhold(
        request.state.crm, access_of(request), one.id, values["category"], values["ground"], note=values["note"], group=group
    )  # fmt: skip
    return "Somebody else has to approve it. Put the answer together again, so that it says so."


async def approve(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    await approve_withholding(request.state.crm, access_of(request), one.id, form.get("key"))
    return "Approved."


async def give(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    await give_after_all(request.state.crm, access_of(request), one.id, form.get("key"))
    return "It is given after all. Put the answer together again."


async def release(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    """From now on the person can fetch it; that it is ready is told in a letter, and the request is answered."""
    crm, access = request.state.crm, access_of(request)
    await release_package(crm, access, one.id)
    if one.open:
        await answer(crm, access, one.id, letter="answer_ready")
    return "Released. The person is told how to fetch it."


async def reopen(request: Request[Any, Any, Any], one: OpenedRequest, form: FormData) -> str:
    if not form.get("again").strip():
        raise InvalidContent({"again": "Say why it may be fetched once more."})
    await reopen_package(request.state.crm, access_of(request), one.id, form.get("again"))
    return "It can be fetched once more."


ACTIONS: Mapping[str, Act] = {
    "assemble": assemble,
    "decide": decide,
    "blacken": blacken,
    "undecide": undecide,
    "withhold": keep_back,
    "approve": approve,
    "give": give,
    "release": release,
    "reopen": reopen,
}


@get("/requests/{request_id:uuid}/package.zip", permission="requests.decide")
async def archive(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Stream:
    """The answer as the person would get it, for whoever looks it over; counts as a read of the person."""
    name, pieces = await open_for_review(request.state.crm, access_of(request), request_id)
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    return Stream(pieces, media_type="application/zip", headers=headers)


ROUTES = (package, act, archive)
