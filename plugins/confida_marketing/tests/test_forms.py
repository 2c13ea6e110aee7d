"""Forms: what is sent is taken the same whoever sent it, counts only with a person behind it, and agrees to nothing by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.mail_sink import posting, work
from tests.refusals import restrict

from confida_consent.api import may
from confida_core.api import catch_up_index, enqueue, now
from confida_marketing.sign_up.arriving import accept
from confida_marketing.sign_up.content import ArrivalContent
from confida_marketing.sign_up.forms import INSIDE, list_forms
from confida_marketing.sign_up.stamps import stamp_of
from confida_marketing.sign_up.submissions import list_submissions
from confida_marketing.sign_up.taking import forget_arrivals
from confida_web.api import origin_of

pytestmark = pytest.mark.anyio
FORMS = "/x/marketing/forms"
SITE = "https://www.example.org"
TYPED = {
    "title": "Write to us", "intro": "zqintro", "slug": "write", "active": "yes", "sites": f"{SITE}/", "purposes": "newsletter",
    "ask-name": "yes", "place-name": "1", "ask-email": "yes", "place-email": "2", "required-email": "yes", "ask-message": "yes",
    "place-message": "3", "words-message": "Your wish", "version": "0",
}  # fmt: skip
PUBLIC = "/my/x/marketing/f/write"
ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": SITE}


async def made(client: Any, **changes: str) -> str:
    """The page of a new form."""
    answer = await client.post(f"{FORMS}/new", data=TYPED | changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def filled(crm: Any, stranger: Any, **typed: str) -> dict[str, str]:
    """What a browser sends that had the form open for a minute."""
    [form] = await list_forms(crm, INSIDE)
    page = (await stranger.get(f"{PUBLIC}?lang=en")).text
    notice = re.search(r'name="notice-newsletter" value="([^"]+)"', page)
    assert notice is not None
    stamp = stamp_of(crm, form.row["id"], now() - timedelta(minutes=1))
    return {"stamp": stamp, "notice-newsletter": notice[1], **typed}


async def test_a_form_is_taken_the_same_whoever_sent_it_and_a_tick_is_no_consent_yet(
    *, crm: Any, client: Any, stranger: Any, contact: Any, assert_sealed: Any, assert_erased: Any
) -> None:
    await made(client)
    known = UUID(str(await contact("Ada", email="ada@example.org")))
    await catch_up_index(crm)
    answers = []
    async with posting(crm):
        for email, name in (("ADA@example.org", "Ada"), ("zoe@example.org", "Zoe")):
            typed = await filled(
                crm, stranger, name=name, email=email, message=f"zqwish of {name}", purpose="newsletter"
            )
            answers.append(await stranger.post(f"{PUBLIC}?lang=en", data=typed))
        assert {(one.status_code, one.headers["location"], one.text) for one in answers} == {
            (303, f"{PUBLIC}/thanks?lang=en&confirm=yes", answers[0].text)
        }
        assert "set-cookie" not in answers[0].headers
        await assert_sealed("zqwish of Zoe", "zoe@example.org")
        await work(crm)
        found = await list_submissions(crm, INSIDE)
        whose = {one.content.sent[0].text: one.row["contact_id"] for one in found}
        assert (whose["Ada"], whose["Zoe"] != known, [one.row["made_contact"] for one in found]) == (
            known,
            True,
            [True, False],
        )
        assert [(one.purpose, one.notice_version) for one in found[0].content.purposes] == [("newsletter", 1)]
        zoe = whose["Zoe"]
        assert (await may(crm, zoe, "newsletter", "email")).allowed is False
        asked = await crm.data.fetch("SELECT kind, method FROM consent_event WHERE subject_id = ?", zoe)
        assert [tuple(row.values()) for row in asked] == [("requested", "web_form")]
    timeline = (await client.get(f"/contacts/{zoe}")).text
    assert ("zqwish of Zoe" in timeline, "Write to us" in timeline) == (True, True)
    shown = (await client.get(f"{FORMS}/submissions/{found[0].row['id']}")).text
    assert ("zqwish of Zoe" in shown, "New contact" in shown, "Hand over" in shown) == (True, True, False)
    assert await crm.data.fetch("SELECT id FROM marketing_form_arrival") == []
    # What was asked of them by e-mail stays as long as any proof; what they wrote goes.
    await assert_erased(zoe, "zqwish of Zoe")


async def test_who_never_confirms_goes_again_and_who_wrote_something_stays(
    crm: Any, client: Any, stranger: Any
) -> None:
    await made(client)
    for email, message in (("zoe@example.org", ""), ("eve@example.org", "Please call")):
        typed = await filled(crm, stranger, email=email, message=message, purpose="newsletter")
        assert (await stranger.post(PUBLIC, data=typed)).status_code == 303
    await work(crm)
    assert len(await list_submissions(crm, INSIDE)) == 2
    long_ago = now() - timedelta(days=30)
    await crm.data.fetch("UPDATE contact SET created_at = ?", long_ago)
    await crm.data.fetch("UPDATE consent_event SET recorded_at = ?", long_ago)
    await enqueue(crm, "portal.remove_spent", {})
    await work(crm)
    [left] = await list_submissions(crm, INSIDE)
    assert left.content.message == "Please call"
    # Also of somebody whose data are not to be used now: it is kept, and nobody sees it. Nothing waits for ever.
    await restrict(crm, left.row["contact_id"])
    assert (
        await stranger.post(PUBLIC, data=await filled(crm, stranger, email="eve@example.org", message="Again"))
    ).status_code == 303
    await work(crm)
    [counted] = await crm.data.fetch(
        "SELECT count(*) AS number FROM marketing_submission WHERE contact_id = ?", left.row["contact_id"]
    )
    assert (counted["number"], (await client.get(f"{FORMS}/submissions/{left.row['id']}")).status_code) == (2, 404)
    await accept(crm, ArrivalContent(form_id=UUID(int=1), values={"message": "x"}))
    await crm.data.fetch("UPDATE marketing_form_arrival SET created_at = ?", long_ago)
    await forget_arrivals(crm, {})
    assert await crm.data.fetch("SELECT id FROM marketing_form_arrival") == []


async def test_only_what_a_person_sent_from_our_page_counts(crm: Any, client: Any, stranger: Any, as_role: Any) -> None:
    place = await made(client)
    page = await stranger.get(f"{PUBLIC}?lang=de&frame=yes")
    policy = page.headers["content-security-policy"]
    assert (policy.endswith(f"frame-ancestors {SITE}"), "unsafe" in policy, "set-cookie" in page.headers) == (
        True,
        False,
        False,
    )
    assert ("checked" in page.text, "<script" in page.text, "portal-head" in page.text) == (False, False, False)
    right = await filled(crm, stranger, email="zoe@example.org", purpose="newsletter")
    [form] = await list_forms(crm, INSIDE)
    # From the page of somebody else, too soon, or long ago: shown once more with what was typed, and nothing is kept.
    for stamp in (
        "",
        "1-x",
        stamp_of(crm, form.row["id"], now()),
        stamp_of(crm, form.row["id"], now() - timedelta(days=2)),
    ):
        again = await stranger.post(PUBLIC, data=right | {"stamp": stamp}, headers=ELSEWHERE)
        assert (again.status_code, "once more" in again.text, 'value="zoe@example.org"' in again.text) == (
            200,
            True,
            True,
        )
    for typed, box in (
        (right | {"email": ""}, "email"),
        (right | {"email": "nowhere"}, "email"),
        (right | {"message": "x" * 5_001}, "message"),
    ):
        wrong = await stranger.post(f"{PUBLIC}?lang=de", data=typed)
        assert (wrong.status_code, f'id="{box}-error"' in wrong.text, "checked" in wrong.text) == (422, True, True)
    robot = await stranger.post(PUBLIC, data=right | {"website": "spam"})
    other = await stranger.post(PUBLIC, data=right | {"notice-newsletter": str(form.row["id"])})
    assert (robot.status_code, other.status_code) == (303, 404)
    assert await crm.data.fetch("SELECT id FROM marketing_form_arrival") == []
    # What anybody's page may send, counted as often as one network may.
    codes = [(await stranger.post(PUBLIC, data=right, headers=ELSEWHERE)).status_code for _ in range(12)]
    assert (codes[:9], codes[-1]) == ([303] * 9, 429)
    reader = await as_role("readonly")
    assert [(await reader.get(path)).status_code for path in (FORMS, place, f"{FORMS}/new")] == [200, 200, 404]
    assert (await reader.post(place, data=TYPED)).status_code == 404
    assert (await client.post(f"{place}/trash")).status_code == 303
    assert [(await stranger.get(path)).status_code for path in (PUBLIC, f"{PUBLIC}/thanks", PUBLIC + "x")] == [404] * 3


async def test_a_form_cannot_be_kept_that_would_ask_or_lead_wrongly(crm: Any, client: Any) -> None:
    place = await made(client, redirect="https://www.example.org/thanks")
    shown = (await client.get(place)).text
    assert ("&lt;iframe" in shown, "&lt;form method=" in shown, "Your wish" in shown) == (True, True, True)
    for changes, box in (
        ({"title": " "}, "title"), ({"required-email": ""}, "fields"), ({"ask-name": "", "ask-email": "", "ask-message": ""}, "fields"),
        ({"purposes": "none"}, "purposes"), ({"sites": "*"}, "sites"), ({"redirect": "javascript:alert(1)"}, "redirect"),
        ({"slug": "A b"}, "slug"),
    ):  # fmt: skip
        answer = await client.post(place, data=TYPED | {"version": "1"} | changes)
        assert (answer.status_code, f'href="#{box}"' in answer.text) == (422, True), box
    late = await client.post(place, data=TYPED | {"version": "7"})
    assert (late.status_code, "Somebody else changed" in late.text) == (409, True)
    twice = await client.post(f"{FORMS}/new", data=TYPED)
    assert (twice.status_code, 'id="slug-error"' in twice.text) == (422, True)
    for text in ("https://*", "https://example.org; script-src *", "http://example.org", "https://[::1", ""):
        assert origin_of(text) == "", text
