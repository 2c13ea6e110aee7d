"""Writing e-mails: kept sealed and with a version, looked at as somebody, tried on somebody the gate allows, shown to everybody."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from tests.mail_sink import posting, work

from confida_consent.api import may_many
from confida_core.api import VersionConflict
from confida_marketing.content.email_content import Block, EmailContent
from confida_marketing.content.emails import create_email, save_email, visible_email
from confida_marketing.content.faults import BrokenEmail
from confida_marketing.content.preparing import NO_ADDRESS, prepare
from confida_marketing.content.recipients import recipients_of
from confida_marketing.content.rendering import render
from confida_marketing.tests.campaign_cast import INSIDE, forbid, letter, people, said

pytestmark = pytest.mark.anyio
EMAILS = "/x/marketing/emails"
HOUSE = {"organisation_name": "Example House", "controller.street": "1 Harbour Road", "controller.locality": "Berlin"}


async def at_home(crm: Any) -> None:
    """Where the organisation is: nothing leaves without it."""
    for key, value in HOUSE.items():
        await crm.data.fetch("INSERT INTO setting (key, value) VALUES (?, ?)", key, value)


def fields_in(html: str) -> dict[str, str]:
    """Names and values of the editor, as a browser without scripts would send them."""
    found = {
        name: value.replace("&#34;", '"').replace("&amp;", "&")
        for name, value in re.findall(r'<input[^>]* name="([^"]+)"(?:[^>]*?) value="([^"]*)"', html)
    }
    found |= {
        name: value.strip("\n") for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', html)
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        found[name] = chosen[0] if chosen else ""
    for name in ("q", "_csrf", "look"):
        found.pop(name, None)
    return {name: value for name, value in found.items() if not name.endswith(("-file", "-bare"))}


async def test_an_email_is_written_with_buttons_that_the_server_answers(client: Any, crm: Any, as_role: Any) -> None:
    begun = await client.post(f"{EMAILS}/new", data={"from": "thanks", "language": "en"})
    place = begun.headers["location"]
    typed = fields_in((await client.get(place)).text)
    assert [typed[f"blocks-{n}-kind"] for n in range(4)] == ["heading", "text", "text", "quote"]

    async def press(button: str, **changes: str) -> list[str]:
        nonlocal typed
        answer = await client.fragment("POST", place, data={**typed, **changes, "_do": button})
        assert answer.status_code == 200
        typed = {**{key: typed[key] for key in ("version",)}, **fields_in(answer.text)}
        return [typed[f"blocks-{n}-kind"] for n in range(9) if f"blocks-{n}-kind" in typed]

    start = ["heading", "text", "text", "quote", "text"]
    assert await press("up-3") == ["heading", "text", "quote", "text", "text"]
    assert await press("down-2") == start
    assert await press("place-4-0") == ["text", *start[:4]]
    assert await press("place-0-4") == start
    assert await press("copy-3") == [*start[:3], "quote", "quote", "text"]
    assert await press("remove-3", **{"blocks-3-other": "Zoe & <b>"}) == start
    assert (await press("restore"))[3] == "quote"
    assert (typed["blocks-3-other"], typed["gone"]) == ("Zoe & <b>".replace("<", "&lt;").replace(">", "&gt;"), "")
    assert (await press("add-button"))[-1] == "button"
    for odd in (
        '{"place":-9,"block":{"kind":"none"}}',
        '{"place":9e9,"block":{}}',
        "[",
        '{"place":1,"block":{"text":1}}',
    ):
        answer = await client.fragment("POST", place, data={**typed, "gone": odd, "_do": "restore"})
        assert (answer.status_code, answer.text.count('class="mail-block"')) == (200, 7)
    wild = {
        "accent": 'red"><script>',
        "subject": "{{<script>",
        "blocks-0-text": "}} <script>",
        "look": "dark",
        "language": '"><script>',
    }
    seen = await client.post(f"{place}/preview", data={**typed, **wild})
    assert (seen.status_code, "<script" in seen.text, seen.text.count("&lt;script&gt;") > 2) == (200, False, True)
    assert (await client.get(f"{EMAILS}?before=9999-12-31T23:59:59-14:00&kind=none")).status_code == 200
    saved = await client.post(place, data={**typed, "blocks-6-label": "zqlabel", "subject": "zqsubject", "_do": "look"})
    assert saved.headers["location"] == place.removesuffix("/edit")
    # Somebody who had the page open before does not write over it, keeps their words, and may then.
    late = await client.post(place, data={**typed, "subject": "Mine"})
    assert (late.status_code, 'value="Mine"' in late.text, "Somebody else has saved" in late.text) == (409, True, True)
    again = await client.post(place, data={**fields_in(late.text), "subject": "Mine"})
    assert again.status_code == 303
    reader = await as_role("readonly")
    assert [(await reader.get(path)).status_code for path in (EMAILS, place.removesuffix("/edit"), place)] == [
        200,
        200,
        404,
    ]


async def test_words_are_sealed_and_whoever_is_late_does_not_win(crm: Any, assert_sealed: Any) -> None:
    content = EmailContent(name="zqname", subject="zqsubject", blocks=(Block(text="zqtext about Ada"),))
    made = await create_email(crm, INSIDE, content)
    await assert_sealed("zqname", "zqsubject", "zqtext about Ada")
    assert await save_email(crm, INSIDE, made, EmailContent(subject="One"), seen=1) == 2
    with pytest.raises(VersionConflict):
        await save_email(crm, INSIDE, made, EmailContent(subject="Two"), seen=1)
    assert (await visible_email(crm, INSIDE, made)).content.subject == "One"


async def test_everybody_gets_their_own_words_in_five_queries_and_an_address_that_stops_it(
    crm: Any, stranger: Any, queries: Any
) -> None:
    cast = await people(crm, "Ada", "Olga", "Mats")
    await said(crm, *cast.values())
    email = await visible_email(crm, INSIDE, await letter(crm, "Dear {{name|friend}}, in {{place}}"))
    with pytest.raises(BrokenEmail) as broken:
        await prepare(crm, email.content)
    assert broken.value.sentences == (NO_ADDRESS,)
    await at_home(crm)
    with queries() as asked:
        prepared = await prepare(crm, email.content)
        assert len(asked) <= 4
    with queries() as asked:
        found = await recipients_of(crm, INSIDE, list(cast.values()), purpose="newsletter")
        assert len(asked) <= 5
    shown = {name: render(prepared, found[one]) for name, one in cast.items()}
    assert [one.text.split("\n")[0] for one in shown.values()] == [f"Dear {name}, in Berlin" for name in cast]
    assert "because you agreed to it" in shown["Ada"].html
    stop = found[cast["Ada"]].unsubscribe.partition("/my/")[2]
    assert len({one.unsubscribe for one in found.values()}) == 3
    assert (await stranger.get(f"/my/{stop}")).status_code == 200
    assert (await stranger.post(f"/my/{stop}", data={"List-Unsubscribe": "One-Click"})).status_code == 200
    answers = await may_many(crm, list(cast.values()), "newsletter", "email")
    assert [answers[one].allowed for one in cast.values()] == [False, True, True]


async def test_a_trial_goes_only_to_whom_the_gate_allows(crm: Any, client: Any) -> None:
    async with posting(crm) as sink:
        cast = await people(
            crm, "Ada", "Withdrawn", "Refused", "Restricted", "Suppressed", "Trashed", "Erased", "Expired", "Never"
        )
        await said(crm, *(one for name, one in cast.items() if name not in {"Expired", "Never", "Refused"}))
        await said(crm, cast["Expired"], days=800)
        await forbid(crm, cast)
        email_id = await letter(crm, "Dear {{name}}")
        codes = {}
        for name, one in cast.items():
            form = {"as": str(one), "purpose": "newsletter", "version": "a"}
            codes[name] = (await client.post(f"{EMAILS}/{email_id}/trial", data=form)).status_code
        forced = {"as": str(cast["Withdrawn"]), "purpose": "agreement", "version": "a"}
        assert (await client.post(f"{EMAILS}/{email_id}/trial", data=forced)).status_code == 404
        await work(crm)
        assert sink.got == ["ada"]
        assert {name for name, code in codes.items() if code == 303} == {"Ada"}
        [(_, mail)] = sink.mails
        assert mail["Subject"] == "Test: News"
        # The address that stops it works for Ada, and nobody who looks at the mail afterwards has it.
        bodies = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
        assert [len(re.findall(r"/my/unsubscribe/[\w-]{43}(?![\w-])", body)) for body in bodies] == [1, 1]
        [row] = await crm.data.fetch("SELECT * FROM outbound_message WHERE state = 'sent'")
        [kept] = await crm.door.open(INSIDE, crm.registry.records["outbound_message"], [row])
        left = [re.findall(r"/my/unsubscribe/[^\s\"]+", body) for body in (kept.content.text, kept.content.html)]
        assert left == [["/my/unsubscribe/…"]] * 2
        looked = await client.get(f"{EMAILS}/{email_id}/frame?as={cast['Ada']}&look=plain")
        assert ("Dear Ada" in looked.text, "unsafe-inline" in looked.headers["content-security-policy"]) == (True, True)
        assert looked.headers["content-security-policy"].startswith("sandbox allow-popups")
        assert (await client.get(f"{EMAILS}/{email_id}/frame?as={cast['Erased']}")).status_code == 404
        taken = await client.get(f"{EMAILS}/{email_id}/trial.eml")
        assert (taken.headers["content-type"], b"To: Olga <olga@example.org>" in taken.content) == (
            "message/rfc822",
            True,
        )


async def test_everybody_may_read_what_was_put_there_and_nothing_else(crm: Any, client: Any, stranger: Any) -> None:
    await at_home(crm)
    page = io.BytesIO()
    Image.new("RGB", (40, 20), (1, 2, 3)).save(page, "PNG")
    made = (await client.post(f"{EMAILS}/new", data={"from": ""})).headers["location"]
    files = {"blocks-0-file": ("a.png", page.getvalue(), "image/png")}
    form = {"_csrf": client.csrf_token, "seen": "1", "subject": "For {{name|everybody}}", "blocks-0-kind": "picture",
            "blocks-0-alt": "A hall", "blocks-1-kind": "text", "blocks-1-text": "Dear {{name|friend}} of {{sender}}"}  # fmt: skip
    assert (await client.post(made, data=form, files=files)).status_code == 303
    wrong = await client.post(made, data=form, files={"blocks-0-file": ("a.png", b"none", "image/png")})
    assert (wrong.status_code, "This is no picture" in wrong.text) == (422, True)
    email = made.removesuffix("/edit")
    archive = "/my/x/marketing/archive"
    place = f"{archive}/{email.rpartition('/')[2]}"
    assert [(await stranger.get(path)).status_code for path in (archive, place)] == [404, 404]
    await client.post(f"{email}/shown", data={"shown": "yes"})
    listed, shown = await stranger.get(archive), await stranger.get(f"{place}?lang=de")
    assert ("For everybody" in listed.text, "Dear friend of Example House" in shown.text) == (True, True)
    feed = ElementTree.fromstring((await stranger.get(f"{archive}/feed.xml")).text)  # noqa: S314 -- Our own.
    assert [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}title")] == ["Example House", "For everybody"]
    assert ("Was wir verschickt haben" in shown.text, "style=" in shown.text) == (True, False)
    [address] = re.findall(r'src="(/my/x/marketing/pictures/[^"]+)"', shown.text)
    picture = await stranger.get(address)
    assert (picture.headers["content-type"], picture.headers["cross-origin-resource-policy"]) == (
        "image/jpeg",
        "cross-origin",
    )
    assert "set-cookie" not in picture.headers
    assert (await stranger.get(address[:-1] + ("A" if address[-1] != "A" else "B"))).status_code == 404
    framed = await client.get(f"{email}/frame")
    assert address in framed.text
    pictures = "/x/marketing/pictures"
    [own] = re.findall(rf'src="{pictures}/([0-9a-f-]+)"', (await client.get(pictures)).text)
    assert email in (await client.get(pictures)).text
    assert (await client.get(f"{pictures}/{own}")).headers["content-type"] == "image/jpeg"
    assert (await client.post(f"{pictures}/{own}/remove", data={})).status_code == 303
    assert [
        (await one.get(path)).status_code for one, path in ((stranger, address), (client, f"{pictures}/{own}"))
    ] == [404, 404]
    await client.post(f"{email}/trash", data={})
    assert [(await stranger.get(path)).status_code for path in (archive, place)] == [404, 404]
    assert (await client.get(email)).status_code == 404
    await client.post(f"{email}/restore", data={})
    assert (await client.get(email)).status_code == 200
    copied = await client.post(f"{email}/copy", data={"template": "yes", "name": "Usual"})
    assert "Usual" in (await client.get(f"{EMAILS}/new")).text
    added = await client.post(f"{email}/versions", data={"what": "content"})
    assert added.headers["location"] == f"{email}/edit?version=b"
    typed = fields_in((await client.get(added.headers["location"])).text)
    await client.post(f"{email}/edit", data={**typed, "subject": "Other", "blocks-1-text": "Other words"})
    assert "Other words" in (await client.get(f"{email}/frame?version=b")).text
    bare = {name: value for name, value in typed.items() if not name.startswith("blocks-")}
    refused = await client.post(f"{email}/edit", data={**bare, "seen": "99"})
    assert (refused.status_code, "needs at least one block" in refused.text) == (422, True)
    long = await client.post(f"{email}/edit", data={**typed, "blocks-1-text": "x" * 20_001, "subject": "y" * 501})
    assert (long.status_code, long.text.count("At most 20000"), long.text.count("At most 500")) == (422, 2, 2)
    assert "Other words" not in (await client.get(f"{email}/frame?version=a")).text
    assert copied.status_code == 303
    seen = {"seen": re.findall(r'name="seen" value="(\d+)"', (await client.get(email)).text)[0]}
    main = fields_in((await client.get(f"{email}/edit")).text)
    bad = {"accent": "red", "backdrop": "#12345", "language": "x" * 40, "font": "wide one"}
    odd = await client.post(f"{email}/edit", data={**main, **bad, "blocks-1-kind": "x" * 40, "blocks-1-size": "x" * 40})
    assert (odd.status_code, odd.text.count("A colour is written"), odd.text.count("Choose one of")) == (422, 4, 4)
    codes = [(await client.post(f"{email}/versions/b/remove", data=seen)).status_code]
    codes.append((await client.get(f"{email}/frame?version=b")).status_code)
    codes += [(await client.post(f"{email}/versions/restore", data={})).status_code for _ in range(2)]
    assert codes == [303, 404, 303, 404]
    assert "Other words" in (await client.get(f"{email}/frame?version=b")).text
