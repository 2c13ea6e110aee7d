"""An Asterisk, played over TCP from recorded sessions: logging in, hearing calls, dialling; and whatever else it may send."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_data import SHARED_DATA, shared

from confida_core.api import Access, PhoneNumber
from confida_service.telephone.ami_calls import Calls, dialled_number, extension_of
from confida_service.telephone.ami_connection import ExchangeProblem, Login, connected
from confida_service.telephone.ami_listening import listen_to_exchange
from confida_service.telephone.ami_messages import LONGEST_LINE, LONGEST_VALUE, MOST_FIELDS, Messages, written
from confida_service.telephone.phones import save_phone
from confida_service.tests.typed_settings import typed_settings

pytestmark = pytest.mark.anyio
SECRET = "open sesame"
SESSIONS = SHARED_DATA / "pbx/asterisk-ami"


def recorded(name: str) -> bytes:
    return shared(f"pbx/asterisk-ami/{name}.yaml").read_bytes()


class Asterisk:
    """Asks for the secret by a challenge, then plays what it is given in small pieces. asked: every request it got."""

    def __init__(self, plays: bytes = b"", *, challenge: str = "145769581", piece: int = 700) -> None:
        self.plays, self.challenge, self.piece = plays, challenge, piece
        self.asked: list[dict[str, str]] = []
        self.logins = 0
        self.breaks_after = 10_000

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/7.0.3\r\n")
        messages = Messages()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(4096):
                for message in messages.feed(data):
                    self.asked.append(message)
                    await self.answer(message, writer)
        writer.close()

    async def answer(self, message: dict[str, str], writer: asyncio.StreamWriter) -> None:
        fields, response = {"ActionID": message.get("actionid", "")}, "Success"
        if message["action"] == "Challenge":
            response = "Success" if self.challenge else "Error"
            fields["Challenge"] = self.challenge
        if message["action"] == "Login":
            key = hashlib.md5((self.challenge + SECRET).encode(), usedforsecurity=False).hexdigest()
            proof = message.get("key") == key if self.challenge else message.get("secret") == SECRET
            response = "Success" if proof else "Error"
            self.logins += proof
        lines = [f"Response: {response}", *(f"{name}: {value}" for name, value in fields.items() if value)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        if message["action"] == "Login" and message.get("events") == "call":
            for start in range(0, len(self.plays), self.piece):
                writer.write(self.plays[start : start + self.piece])
                await writer.drain()
                await asyncio.sleep(0)
            if self.logins <= self.breaks_after < 100:
                writer.close()


@contextlib.asynccontextmanager
async def running(asterisk: Asterisk) -> AsyncIterator[int]:
    server = await asyncio.start_server(asterisk.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def login(port: int, secret: str = SECRET) -> Login:
    return Login(host="127.0.0.1", port=port, tls=False, user="crm", secret=secret)


async def set_up(client: Any, port: int) -> None:
    values = typed_settings(pbx_host="127.0.0.1", pbx_port=str(port), pbx_user="crm", pbx_secret=SECRET)
    assert (await client.post("/settings/plugins/service", data=values)).status_code == 303


def modern(number: str, *, ends: str = "ANSWER") -> bytes:
    """A call from outside through a queue to extensions 12 and 14, as Asterisk 18 tells it."""
    said = ["Event: Newchannel\nChannel: PJSIP/trunk-0000001a\nUniqueid: 9.1\nLinkedid: 9.1\nExten: 100"]
    said += [
        f"Event: DialBegin\nChannel: PJSIP/trunk-0000001a\nCallerIDNum: {number}\nCallerIDName: Ada\nUniqueid: 9.1\nLinkedid: 9.1\n"
        f"DestChannel: PJSIP/{extension}-0000001b\nDestUniqueid: 9.{extension}\nDialString: {extension}"
        for extension in (12, 14)
    ]
    said += [f"Event: DialEnd\nUniqueid: 9.1\nDestChannel: PJSIP/14-0000001b\nDialStatus: {ends}"]
    said += ["Event: Hangup\nChannel: PJSIP/14-0000001b\nUniqueid: 9.14", "Event: Hangup\nUniqueid: 9.1\nCause: 16"]
    return "".join(f"{one}\n\n" for one in said).replace("\n", "\r\n").encode()


async def calls_heard(crm: Any, number: int) -> list[dict[str, Any]]:
    for _ in range(200):
        rows: list[dict[str, Any]] = await crm.data.fetch("SELECT * FROM service_call ORDER BY id")
        if len([row for row in rows if row["state"] == "ended"]) >= number:
            return rows
        await asyncio.sleep(0.02)
    raise AssertionError("the calls were not heard")


async def test_listener_logs_in_hears_calls_once_and_comes_again_after_a_break(
    crm: Any, access: Access, client: Any, contact: Any
) -> None:
    ada = await contact("Ada", phones=[PhoneNumber(number="+442079460018")])
    await save_phone(crm, access, "14 ddddd", active=True)
    asterisk = Asterisk(modern("00442079460018") + recorded("originate_with_events"))
    asterisk.breaks_after = 1
    stop = asyncio.Event()
    async with running(asterisk) as port:
        await set_up(client, port)
        with pytest.raises(ExchangeProblem, match="broken"):
            await asyncio.wait_for(listen_to_exchange(crm, stop), 60)
        assert [row["problem"] for row in await crm.data.fetch("SELECT problem FROM service_exchange")] == ["broken"]
        again = asyncio.create_task(listen_to_exchange(crm, stop))
        rows = await calls_heard(crm, 3)
        await asyncio.sleep(0.1)
        stop.set()
        await asyncio.wait_for(again, 60)
    first, second, third = rows
    assert (first["contact_id"], first["agent_id"], first["outcome"], first["extensions"]) == (
        ada,
        access.actor.id,
        "answered",
        "14",
    )
    assert (second["contact_id"], second["number_hash"], second["outcome"], second["direction"]) == (
        None,
        None,
        "answered",
        "in",
    )
    assert (third["direction"], third["agent_id"], third["outcome"]) == ("out", access.actor.id, "answered")
    assert (asterisk.logins, len(await crm.data.fetch("SELECT id FROM service_call"))) == (2, 3)
    assert SECRET not in str(asterisk.asked)


async def test_wrong_secret_no_server_and_an_exchange_without_challenges(crm: Any) -> None:
    async with running(Asterisk()) as port:
        with pytest.raises(ExchangeProblem, match="refused"):
            async with connected(login(port, "guessed")):
                pass
    with pytest.raises(ExchangeProblem, match="unreachable"):
        async with connected(login(port)):
            pass
    old = Asterisk(challenge="")
    async with running(old) as port, connected(login(port)) as connection:
        assert (await connection.ask("Ping"))["response"] == "Success"
    assert old.logins == 1


async def test_colleague_s_telephone_is_rung_and_the_number_dialled_where_the_person_may_be_called(
    crm: Any, client: Any, contact: Any
) -> None:
    ada = UUID(str(await contact("Ada", phones=[PhoneNumber(number="+442079460018")])))
    asterisk = Asterisk()
    async with running(asterisk) as port:
        await set_up(client, port)
        place = f"/x/service/contacts/{ada}/call"
        await client.post(place, data={"place": "0"})
        await client.post("/x/service/telephone", data={"extensions": "12", "active": "yes"})
        assert f'action="{place}"' in (await client.get(f"/contacts/{ada}")).text
        await client.post(place, data={"place": "7"})
        assert [one["action"] for one in asterisk.asked] == []
        assert (await client.post(place, data={"place": "0"})).status_code == 303
        asked = {name: asterisk.asked[-1].get(name) for name in ("action", "channel", "exten", "context", "async")}
        assert asked == {
            "action": "Originate", "channel": "PJSIP/12", "exten": "+442079460018", "context": "from-internal", "async": "true",
        }  # fmt: skip
        number = len(asterisk.asked)
        await crm.orders.give("restriction", ada)
        assert (await client.post(place, data={"place": "0"})).status_code == 404
        assert len(asterisk.asked) == number


@pytest.mark.parametrize("name", sorted(path.stem for path in SESSIONS.glob("*.yaml")))
def test_recorded_session_is_read_the_same_in_any_pieces(name: str) -> None:
    session = recorded(name) + b"\n\n"
    whole = list(Messages().feed(session))
    reader = Messages()
    assert [one for start in range(0, len(session), 7) for one in reader.feed(session[start : start + 7])] == whole
    assert sum("event" in one for one in whole) == session.count(b"\nEvent: ") + session.startswith(b"Event: ")


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_nothing_that_is_sent_raises(pieces: list[bytes]) -> None:
    reader, calls = Messages(), Calls()
    for piece in (*pieces, b"\n\nEvent: Dial\nSubEvent: Begin\n" + b"".join(pieces) + b"\n\n"):
        for message in reader.feed(piece):
            calls.hear(message, {"12"})


def test_what_is_too_long_or_too_much_is_left_out() -> None:
    reader = Messages()
    for _ in range(50):
        assert list(reader.feed(b"x" * LONGEST_LINE)) == []
    assert len(reader._rest) <= LONGEST_LINE
    many = b"".join(b"F%d: %s\n" % (n, b"v" * 900) for n in range(3 * MOST_FIELDS))
    [message] = list(reader.feed(b"\nEvent: Hangup\n" + many + b"\n"))
    assert (len(message), message["event"], {len(value) for name, value in message.items() if name != "event"}) == (
        MOST_FIELDS, "Hangup", {LONGEST_VALUE},
    )  # fmt: skip
    with pytest.raises(ValueError, match="line break"):
        written("Originate", Exten="1\r\nAction: Command")


def test_who_calls_whom_is_made_out() -> None:
    for channel, extension in (
        ("PJSIP/12-0000002a", "12"), ("Local/12@agents-0001;2", "12"), ("SIP/my-phone-0000002a", "my-phone"), ("", ""), ("PJSIP", ""),
    ):  # fmt: skip
        assert extension_of(channel) == extension
    assert [dialled_number(text) for text in ("trunk/+4930", "+4930@trunk", "12", "")] == ["+4930", "+4930", "12", ""]
    outwards = {
        "event": "DialBegin", "channel": "PJSIP/12-0000002a", "destchannel": "PJSIP/trunk-0000002b", "uniqueid": "1",
        "dialstring": "trunk/+442079460018", "linkedid": "1",
    }  # fmt: skip
    heard = Calls().hear(outwards, {"12"})
    assert heard is not None
    assert (heard.direction, heard.number, heard.extensions) == ("out", "+442079460018", ("12",))
    within = outwards | {"destchannel": "PJSIP/14-0000002b"}
    assert [Calls().hear(within, {"12", "14"}), Calls().hear(within, {"77"})] == [None, None]


def test_memory_of_channels_is_bounded() -> None:
    calls = Calls()
    for number in range(5_000):
        calls.hear({"event": "Newchannel", "uniqueid": str(number), "exten": "1"}, ())
    assert len(calls._channels) <= 2_000
