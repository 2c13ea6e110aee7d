"""Mailboxes on a real IMAP server: everything is taken in, once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.dovecot import PASSWORD, Dovecot, free_port
from tests.shared_data import shared

from confida_core.api import Access, EmailAddress, InvalidContent, open_file, visible_contact
from confida_service.mail import fetching
from confida_service.mail.accounts import (
    AccountDraft,
    accounts,
    login_of,
    pause_account,
    remove_account,
    save_account,
)
from confida_service.mail.content import MAIL_ACCOUNT, MailAccountContent
from confida_service.mail.fetching import due_accounts, read_account, watch_mailboxes
from confida_service.mail.mailboxes import MailboxProblem
from confida_service.mail.taking_in import take_in
from confida_service.queues.queues import first_queue
from confida_service.tickets.messages import messages_of
from confida_service.tickets.tickets import tickets_of, visible_ticket

pytestmark = pytest.mark.anyio


def mail(number: int = 1, **more: str) -> bytes:
    heads = {
        "From": "Ada Lovelace <ada@example.org>", "To": "help@example.org", "Subject": f"Question {number}",
        "Message-ID": f"<{number}@example.org>", "Date": "Sat, 21 Nov 2026 10:00:00 +0000",
    } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
    return "".join(f"{name}: {value}\n" for name, value in heads.items()).encode() + b"\nWhy?\n"


@dataclass
class Post:
    """An installation with a mailbox on a real server, nobody else's."""

    crm: Any
    access: Access
    server: Dovecot
    user: str = field(default_factory=lambda: secrets.token_hex(6))
    account: UUID = field(default_factory=lambda: UUID(int=0))

    def content(self, **more: Any) -> MailAccountContent:
        usual = MailAccountContent(
            address="help@example.org", host="127.0.0.1", port=self.server.port, security="none", username=self.user,
            password=PASSWORD,
        )  # fmt: skip
        return msgspec.structs.replace(usual, **more)

    async def save(self, content: MailAccountContent, *, whole: bool = False, seen: int = 0) -> UUID:
        draft = AccountDraft(content=content, queue_id=await first_queue(self.crm))
        return await save_account(
            self.crm, self.access, draft, whole=whole, account_id=self.account if seen else None, seen=seen
        )

    def deliver(self, *mails: bytes) -> None:
        self.server.deliver(self.user, *mails)

    async def read(self) -> fetching.Read:
        return await read_account(self.crm, self.account)

    async def tickets(self) -> list[UUID]:
        return [row["id"] for row in await self.crm.data.fetch("SELECT id FROM service_ticket ORDER BY number")]

    async def messages(self, ticket_id: UUID) -> list[Any]:
        return await messages_of(self.crm, self.access, ticket_id)

    async def said(self) -> list[list[str]]:
        """The subjects of the messages of every ticket, by its number."""
        return [[one.content.subject for one in await self.messages(ticket)] for ticket in await self.tickets()]

    async def raw(self, file_id: UUID) -> bytes:
        kept = await open_file(self.crm, self.access, file_id)
        return b"".join([piece async for piece in kept.pieces])


@pytest.fixture
async def post(crm: Any, access: Access, dovecot: Dovecot) -> Post:
    mine = Post(crm, access, dovecot)
    mine.account = await mine.save(mine.content(), whole=True)
    return mine


async def test_mail_becomes_a_ticket_of_its_sender(post: Post) -> None:
    raw = mail(1, Content_Type="multipart/mixed; boundary=x").replace(
        b"\nWhy?\n", b"\n--x\n\nWhy?\n--x\nContent-Type: text/plain; name=a.txt\n\nBecause\n--x--\n"
    )
    post.deliver(raw)
    taken = (await post.read()).taken
    assert [(one.new_ticket, one.known) for one in taken] == [(True, False)]
    (taken_one,) = taken
    assert taken_one.ticket_id is not None
    assert taken_one.contact_id is not None
    person = await visible_contact(post.crm, post.access, taken_one.contact_id)
    assert (person.content.display_name, [one.address for one in person.content.emails]) == (
        "Ada Lovelace",
        ["ada@example.org"],
    )
    ticket = await visible_ticket(post.crm, post.access, taken_one.ticket_id)
    assert (ticket.content.subject, ticket.row["channel"], ticket.row["state"]) == ("Question 1", "email", "new")
    (message,) = await post.messages(taken_one.ticket_id)
    (file,) = message.content.files
    assert (message.content.text, message.content.from_address, file.name, file.size) == (
        "Why?", "ada@example.org", "a.txt", 7,
    )  # fmt: skip
    assert await post.raw(message.row["raw_file_id"]) == raw.replace(b"\n", b"\r\n")
    assert all("Seen" not in flags for flags in post.server.flags(post.user))


async def test_answers_go_into_their_ticket_and_come_from_whom_they_come(post: Post) -> None:
    post.deliver(mail(1), mail(2, In_Reply_To="<1@example.org>"), mail(3, References="<0@x> <2@example.org>", From="Zoe <zoe@example.org>"),
        mail(4),
    )  # fmt: skip
    await post.read()
    assert await post.said() == [["Question 1", "Question 2", "Question 3"], ["Question 4"]]
    people = await post.crm.data.fetch("SELECT DISTINCT contact_id FROM service_message")
    assert len(people) == 2
    assert len(await tickets_of(post.crm, post.access, [row["contact_id"] for row in people])) == 2


async def test_mail_of_somebody_known_is_theirs(post: Post, contact: Any) -> None:
    ada = await contact("Ada", emails=[EmailAddress(address="Ada@Example.org")])
    post.deliver(mail(1))
    assert [one.contact_id for one in (await post.read()).taken] == [ada]


async def test_nothing_is_taken_in_twice_when_the_server_counts_anew(post: Post) -> None:
    post.deliver(mail(1), mail(2))
    await post.read()
    post.server.count_anew(post.user)
    post.deliver(mail(3))
    again = await post.read()
    assert [one.known for one in again.taken] == [True, True, False]
    assert await post.said() == [["Question 1"], ["Question 2"], ["Question 3"]]
    assert (await post.read()).taken == ()


async def test_crash_between_two_mails_loses_and_doubles_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.deliver(*(mail(number) for number in range(1, 6)))
    whole, calls = take_in, list[Any]()

    async def breaking(*given: Any) -> Any:
        calls.append(given)
        if len(calls) in {3, 5}:
            raise asyncio.CancelledError
        return await whole(*given)

    monkeypatch.setattr(fetching, "take_in", breaking)
    for _ in range(3):
        with suppress(asyncio.CancelledError):
            await post.read()
    assert await post.said() == [[f"Question {number}"] for number in range(1, 6)]


async def test_mail_that_cannot_be_stored_as_it_reads_is_kept_as_it_came(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.deliver(mail(1), mail(2))
    whole = take_in

    async def stumbling(crm: Any, arrival: Any, then: Any) -> Any:
        if arrival.mail.text and arrival.mail.subject == "Question 1":
            raise ValueError
        return await whole(crm, arrival, then)

    monkeypatch.setattr(fetching, "take_in", stumbling)
    await post.read()
    first, second = [await post.messages(ticket) for ticket in await post.tickets()]
    assert [(one.content.subject, one.content.text, one.content.defects) for one in (*first, *second)] == [
        ("Question 1", "", ("unreadable",)), ("Question 2", "Why?\n", ()),
    ]  # fmt: skip
    assert await post.raw(first[0].row["raw_file_id"]) == mail(1).replace(b"\n", b"\r\n")


async def test_every_sample_of_the_real_world_is_taken_in(post: Post) -> None:
    samples = [path.read_bytes() for path in sorted(shared("mail/ruby-mail").rglob("*.eml"))]
    post.deliver(*samples)
    read = await post.read()
    told = await post.crm.data.fetch("SELECT count(*) AS messages FROM service_message")
    known = sum(one.known for one in read.taken)
    assert (len(read.taken), told[0]["messages"] + known, read.problem) == (len(samples), len(samples), "")
    for ticket in await post.tickets():
        for message in await post.messages(ticket):
            assert message.content.text or message.content.html or message.content.files or message.row["raw_file_id"]


async def test_machines_and_circles_wait_for_nobody(post: Post) -> None:
    post.deliver(mail(1, From="help@example.org"), mail(2, From="MAILER-DAEMON@example.org", Return_Path="<>"),
        mail(3, Auto_Submitted="auto-replied"), mail(4, List_Id="<news.example.org>"),
    )  # fmt: skip
    await post.read()
    rows = await post.crm.data.fetch("SELECT id, state FROM service_ticket ORDER BY number")
    told = [(row["state"], (await visible_ticket(post.crm, post.access, row["id"])).content.tags) for row in rows]
    assert told == [("closed", ("loop",)), ("closed", ("bounce",)), ("new", ("automatic",)), ("new", ("list",))]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"password": "wrong"}, "password"), ({"folder": "Nowhere"}, "folder"), ({"port": 1}, "host"), ({"address": "x"}, "address"),
        ({"host": "192.0.2.1"}, "host"), ({"security": "hope"}, "security"), ({"password": ""}, "password"),
        ({"token_url": "http://example.org/token"}, "token_url"), ({"port": 0}, "port"),
    ],
)  # fmt: skip
async def test_mailbox_that_does_not_open_is_not_kept(post: Post, change: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidContent) as refused:
        await post.save(post.content(**change))
    assert (list(refused.value.errors), len(await accounts(post.crm, post.access))) == ([named], 1)


async def test_new_mailbox_begins_with_what_comes_from_now_on(post: Post) -> None:
    post.deliver(mail(1))
    later = await post.save(post.content())
    post.deliver(mail(2))
    await read_account(post.crm, later)
    assert await post.said() == [["Question 2"]]


async def test_secret_stays_on_the_server_it_was_for(post: Post) -> None:
    """Whoever may set up mailboxes must not be able to send a password they do not know to a server of their own."""
    await post.save(post.content(password="", label="Help"), seen=1)
    with pytest.raises(InvalidContent) as refused:
        await post.save(post.content(password="", host="localhost"), seen=2)
    (shown,) = await accounts(post.crm, post.access)
    assert (list(refused.value.errors), shown.label, PASSWORD in repr(shown)) == (["password"], "Help", False)


async def test_server_that_is_away_is_asked_again_later_and_paused_mailboxes_are_not(post: Post) -> None:
    assert await due_accounts(post.crm) == [post.account]
    await post.crm.records.update(MAIL_ACCOUNT, {"id": post.account}, post.content(port=free_port()), seen=1)
    pauses = []
    for _ in range(3):
        assert (await post.read()).problem == "unreachable"
        after = (await post.crm.data.fetch("SELECT try_at, checked_at, failures FROM service_mail_account"))[0]
        pauses.append(after["failures"])
        assert await due_accounts(post.crm) == []
    assert pauses == [1, 2, 3]
    assert [one.problem for one in await accounts(post.crm, post.access)] == ["The mail server does not answer."]
    await pause_account(post.crm, post.access, post.account, paused=False)
    assert await due_accounts(post.crm) == [post.account]
    await pause_account(post.crm, post.access, post.account, paused=True)
    assert (await due_accounts(post.crm), (await post.read()).taken) == ([], ())
    await remove_account(post.crm, post.access, post.account)
    assert await accounts(post.crm, post.access) == []


async def test_two_processes_do_not_read_one_mailbox_at_once(post: Post) -> None:
    post.deliver(mail(1), mail(2))
    found = await asyncio.gather(post.read(), post.read())
    assert sorted(len(one.taken) for one in found) == [0, 2]
    assert await post.said() == [["Question 1"], ["Question 2"]]


async def test_mail_is_heard_of_when_it_comes(post: Post) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(watch_mailboxes(post.crm, stop))
    try:
        for number in (1, 2):
            await asyncio.to_thread(post.deliver, mail(number))
            async with asyncio.timeout(30):
                while len(await post.said()) < number:  # noqa: ASYNC110 -- What is waited for happens in the database.
                    await asyncio.sleep(0.1)
    finally:
        stop.set()
        async with asyncio.timeout(30):
            await watching
    assert await post.said() == [["Question 1"], ["Question 2"]]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b'{"access_token": "abc", "expires_in": 3599}', "abc"),
        (b'{"error": "invalid_grant"}', None),
        (b"<html>", None),
    ],
)
async def test_token_of_a_provider_opens_the_mailbox(crm: Any, answer: bytes, found: str | None) -> None:
    """Asked for with the refresh token, at an address that is checked like a webhook's."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")) + await reader.read(500))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    content = MailAccountContent(
        address="help@example.org",
        host="127.0.0.1",
        username="help",
        token_url=url,
        client_id="us",
        refresh_token="r&t",
    )
    with pytest.raises(MailboxProblem):
        await login_of(crm, content)
    assert heard == [], "an address inside the house is not asked unless the operator says so"
    object.__setattr__(crm.settings, "webhook_private_addresses", ("127.0.0.0/8",))
    if found is None:
        with pytest.raises(MailboxProblem):
            await login_of(crm, content)
    else:
        login = await login_of(crm, content)
        assert (login.token, login.password) == (found, "")
    assert heard[0].endswith(b"grant_type=refresh_token&refresh_token=r%26t&client_id=us")
    server.close()
