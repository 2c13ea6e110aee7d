"""Mail servers that refuse, hang, vanish or lie: nothing is lost, nothing is left half-way, nothing is sent twice unasked."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.jobs.worker import run_next
from confida_core.outbound import mail
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.disclosures import disclosures_of
from confida_core.outbound.leaving import ATTEMPTS, CLAIM, deliver, tend
from confida_core.outbound.sender import send
from confida_core.outbound.transporting import TryLater
from tests.cases import in_one_installation
from tests.core.outbound.house import (
    Guard,
    Mailbox,
    Pigeons,
    access_of,
    house,
    mail_settings,
    make_ada,
    plugin,
    raw_server,
    serving,
    states,
    work,
    work_later,
)

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[3]


async def queue(crm: Any) -> Any:
    """A message to Ada that waits to leave; gives its id and hers."""
    ada = await make_ada(crm)
    sent = await send(crm, access_of(), OutboundMessage(contact_id=ada, purpose="newsletter", subject="S", text="T"))
    return sent.id, ada


async def answers(crm: Any) -> list[tuple[str, str, int | None]]:
    rows = await crm.data.fetch("SELECT state, reason, reply_code FROM outbound_message")
    return [(row["state"], row["reason"], row["reply_code"]) for row in rows]


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        ("550 5.1.1 <ADDRESS> unknown", "", ("failed", "unknown_address", 550)),
        ("550 5.7.1 no", "", ("failed", "rejected", 550)),
        ("", "554 5.6.0 no", ("failed", "rejected", 554)),
        ("450 4.2.1 later", "", ("queued", "server_busy", 450)),
        ("", "451 4.3.0 later", ("queued", "server_busy", 451)),
    ],
)
async def test_answers_of_the_server(crm: Any, mailbox: Mailbox, rcpt: str, data: str, expected: Any) -> None:
    await queue(crm)
    mailbox.rcpt, mailbox.data = rcpt, data
    await work(crm)
    assert await answers(crm) == [expected]
    mailbox.rcpt = mailbox.data = ""
    await work_later(crm)
    assert await answers(crm) == [("sent", "", None) if expected[0] == "queued" else expected]
    assert len(mailbox.letters) == (expected[0] == "queued")


async def test_disclosure_is_noted_once_for_many_attempts(crm: Any, mailbox: Mailbox) -> None:
    _, ada = await queue(crm)
    mailbox.data = "451 later"
    for _ in range(3):
        await work_later(crm)
    mailbox.data = ""
    await work_later(crm)
    assert len(await disclosures_of(crm, access_of(), ada)) == 1
    assert (await crm.data.fetch("SELECT attempts FROM outbound_message"))[0]["attempts"] == 4


async def test_server_that_never_answered_got_nothing_disclosed(settings: Any, guard: Guard) -> None:
    async with house(settings, plugin([guard.declared()]), **mail_settings(9)) as crm:
        _, ada = await queue(crm)
        await work(crm)
        assert await answers(crm) == [("queued", "server_away", None)]
        assert await disclosures_of(crm, access_of(), ada) == []


async def test_attempts_end_and_leave_a_failed_message(crm: Any, pigeons: Pigeons) -> None:
    ada = await make_ada(crm)
    pigeons.error = OSError("no wind")
    await send(
        crm,
        access_of(),
        OutboundMessage(
            contact_id=ada, purpose="newsletter", subject="S", text="T", path="pigeon", channel="post", to="Window"
        ),
    )
    for _ in range(ATTEMPTS):
        await work_later(crm)
    assert (await states(crm), len(pigeons.taken)) == ([("failed", "gave_up")], ATTEMPTS)
    assert await work_later(crm) == 0


async def test_server_that_hangs_is_given_up_and_left_alone(
    settings: Any, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 seconds in the real program; a third of one here."""
    assert mail.STEP_SECONDS == 30.0
    monkeypatch.setattr(mail, "STEP_SECONDS", 0.3)
    connections = []
    stopped = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        await stopped.wait()
        writer.close()

    async with (
        raw_server(hang) as port,
        house(settings, plugin([guard.declared()]), **mail_settings(port)) as crm,
    ):
        await queue(crm)
        await queue(crm)
        started = time.monotonic()
        await work(crm)
        assert time.monotonic() - started < 25
        assert await answers(crm) == [("queued", "server_away", None)] * 2
        assert len(connections) == 1, "the second message must not wait for it again"
        stopped.set()


async def test_server_that_comes_back_is_found_again(
    settings: Any, guard: Guard, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "AWAY_SECONDS", 0.0)
    async with serving(mailbox) as port:
        pass
    async with house(settings, plugin([guard.declared()]), **mail_settings(port)) as crm:
        await queue(crm)
        await work(crm)
        assert await answers(crm) == [("queued", "server_away", None)]
        from aiosmtpd.smtp import SMTP

        server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", port)
        await work_later(crm)
        server.close()
        assert (await answers(crm), len(mailbox.letters)) == ([("sent", "", None)], 1)


async def test_withdrawal_while_the_server_makes_us_wait_stops_it(
    settings: Any, guard: Guard, mailbox: Mailbox
) -> None:
    """The server keeps us waiting for its greeting; whoever withdraws meanwhile gets nothing."""
    greeted, go_on = asyncio.Event(), asyncio.Event()
    heard: list[bytes] = []

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeted.set()
        await go_on.wait()
        writer.write(b"220 mail.example.org\r\n")
        while line := await reader.readline():
            heard.append(line)
            writer.write(b"250 OK\r\n")
        writer.close()

    async with (
        raw_server(slow) as port,
        house(settings, plugin([guard.declared()]), **mail_settings(port)) as crm,
    ):
        _, ada = await queue(crm)
        job = asyncio.create_task(work(crm))
        await asyncio.wait_for(greeted.wait(), 60)
        guard.no.add((ada, "newsletter", "email"))
        go_on.set()
        await job
        assert await answers(crm) == [("refused", "withdrawn", None)]
        assert heard == [b"QUIT\r\n"]
        assert await disclosures_of(crm, access_of(), ada) == []


async def test_good_bye_that_fails_does_not_send_it_twice(settings: Any, guard: Guard) -> None:
    taken: list[bytes] = []

    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org\r\n")
        in_data = False
        while line := await reader.readline():
            if in_data:
                taken.append(line)
                in_data = line != b".\r\n"
                if not in_data:
                    writer.write(b"250 OK\r\n")
            elif line.startswith(b"DATA"):
                in_data = True
                writer.write(b"354 go on\r\n")
            elif line.startswith(b"QUIT"):
                break
            else:
                writer.write(b"250 OK\r\n")
        writer.close()

    async with (
        raw_server(rude) as port,
        house(settings, plugin([guard.declared()]), **mail_settings(port)) as crm,
    ):
        await queue(crm)
        await work(crm)
        await work_later(crm)
        assert (await answers(crm), taken.count(b".\r\n")) == ([("sent", "", None)], 1)


async def test_worker_that_is_stopped_gives_the_message_back(crm: Any, mailbox: Mailbox) -> None:
    await queue(crm)
    mailbox.hold = asyncio.Event()
    job = asyncio.create_task(run_next(crm))
    await asyncio.wait_for(mailbox.reached.wait(), 60)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await states(crm) == [("queued", "")]
    mailbox.hold = None
    await work_later(crm)
    assert await states(crm) == [("sent", "")]


async def test_two_workers_with_the_same_message_send_it_once(crm: Any, mailbox: Mailbox) -> None:
    message_id, _ = await queue(crm)
    mailbox.hold = asyncio.Event()
    first = asyncio.create_task(deliver(crm, {"message_id": message_id}))
    await asyncio.wait_for(mailbox.reached.wait(), 60)
    with pytest.raises(TryLater):
        await deliver(crm, {"message_id": message_id})
    mailbox.hold.set()
    await first
    await deliver(crm, {"message_id": message_id})
    assert (await states(crm), len(mailbox.letters)) == ([("sent", "")], 1)


async def test_message_of_a_worker_that_vanished_is_taken_over(crm: Any, mailbox: Mailbox) -> None:
    await queue(crm)
    await crm.data.fetch(
        "UPDATE outbound_message SET state = 'sending', attempted_at = ?", now() - CLAIM - timedelta(seconds=1)
    )
    await work(crm)
    assert (await states(crm), len(mailbox.letters)) == ([("sent", "")], 1)


async def test_message_whose_job_is_gone_is_found(crm: Any, mailbox: Mailbox) -> None:
    await queue(crm)
    await crm.data.fetch("DELETE FROM job")
    await tend(crm, {})
    assert await work(crm) == 0
    await crm.data.fetch("UPDATE outbound_message SET at = ?", now() - timedelta(hours=2))
    await tend(crm, {})
    await tend(crm, {})
    assert await work(crm) == 1
    assert (await states(crm), len(mailbox.letters)) == ([("sent", "")], 1)


CHILD = """
import asyncio, sys
from tests.core.outbound.house import Guard, house, plugin, work
from confida_core.settings import read_settings

async def main():
    settings = read_settings(home=sys.argv[1], database_url=sys.argv[2], keyring_url=sys.argv[3])
    guard = Guard()
    more = dict(smtp_host="127.0.0.1", smtp_port=int(sys.argv[4]), smtp_security="none", mail_from="crm@example.org")
    async with house(settings, plugin([guard.declared()]), **more) as crm:
        await work(crm)

asyncio.run(main())
"""


async def test_kill_while_the_server_has_the_message_sends_at_most_one_more(
    settings: Any, guard: Guard, mailbox: Mailbox
) -> None:
    """kill -9 after the server got it and before we learn so: the same message again, with the same Message-ID."""
    mailbox.hold = asyncio.Event()
    async with (
        serving(mailbox) as port,
        house(settings, plugin([guard.declared()]), **mail_settings(port, mail_from="crm@example.org")) as crm,
    ):
        await queue(crm)
        places = [str(settings.home), settings.database_url, settings.keyring_url, str(port)]
        child = await asyncio.to_thread(
            subprocess.Popen, [sys.executable, "-c", CHILD, *places], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        await asyncio.wait_for(mailbox.reached.wait(), 20)
        os.kill(child.pid, signal.SIGKILL)
        await asyncio.to_thread(child.wait)
        assert await states(crm) == [("sending", "")]
        mailbox.hold.set()
        await crm.data.fetch("UPDATE job SET lease_until = ?", now() - timedelta(seconds=1))
        await crm.data.fetch("UPDATE outbound_message SET attempted_at = ?", now() - CLAIM - timedelta(seconds=1))
        await work(crm)
        assert await states(crm) == [("sent", "")]
        ids = {line for letter in mailbox.letters for line in letter.data.splitlines() if b"Message-ID" in line}
        assert (len(ids), len(mailbox.letters) in {1, 2}) == (1, True)


def vouched_for(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only itself vouches for, and a server's use of it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.org")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(new_id().int >> 4)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    places = folder / "certificate.pem", folder / "key.pem"
    places[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    places[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*places)
    return places[0], context


async def test_encryption_is_demanded_and_certificates_are_checked(
    settings: Any, guard: Guard, mailbox: Mailbox, tmp_path: Path
) -> None:
    certificate_file, context = vouched_for(tmp_path)
    async with serving(mailbox, tls_context=context) as port, serving(mailbox) as bare:
        secure = mail_settings(port, smtp_security="starttls")
        for more, expected in (
            (secure, ("queued", "no_encryption", None)),
            (mail_settings(bare, smtp_security="starttls"), ("queued", "no_encryption", None)),
            (secure | {"smtp_ca_file": certificate_file}, ("sent", "", None)),
        ):
            async with house(settings, plugin([guard.declared()]), **more) as crm:
                await queue(crm)
                await work(crm)
                assert await answers(crm) == [expected]
                await crm.data.fetch("DELETE FROM outbound_message")
                await crm.data.fetch("DELETE FROM job")
    assert len(mailbox.letters) == 1


@pytest.mark.filterwarnings("ignore:Session.login_data is deprecated")
async def test_log_in_with_the_password_of_a_file(
    settings: Any, guard: Guard, mailbox: Mailbox, tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse\n")

    def check(_: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"crm", b"correct horse"), handled=False)

    certificate_file, context = vouched_for(tmp_path)
    async with serving(mailbox, tls_context=context, authenticator=check, auth_required=True) as port:
        more = {"smtp_security": "starttls", "smtp_ca_file": certificate_file}
        more |= {"smtp_user": "crm", "smtp_password_file": password}
        async with house(settings, plugin([guard.declared()]), **mail_settings(port, **more)) as crm:
            await queue(crm)
            await work(crm)
            assert await answers(crm) == [("sent", "", None)]
            password.write_text("wrong")
            await queue(crm)
            await work(crm)
            rows = await crm.data.fetch("SELECT reason FROM outbound_message WHERE state = 'queued'")
            assert [row["reason"] for row in rows] == ["login_refused"]


@in_one_installation(
    ("more", "reason"),
    [
        ({"smtp_host": ""}, "not_set_up"),
        ({"mail_from": ""}, "not_set_up"),
        ({"mail_from": "nobody"}, "bad_sender"),
        ({"mail_from": "A <a@example.org>\nBcc: b@example.org"}, "bad_sender"),
        ({"smtp_user": "crm"}, "password_unreadable"),
        ({"smtp_user": "crm", "smtp_host": "mail.example.org"}, "password_in_the_open"),
    ],
)
async def test_settings_that_cannot_work_are_named(crm: Any, more: dict[str, str], reason: str) -> None:
    settings = crm.settings.model_copy(update=mail_settings(2525) | more)
    assert mail.not_ready(dataclasses.replace(crm, settings=settings)) == reason


async def test_address_no_server_may_take_is_not_tried(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(
        crm,
        access_of(),
        OutboundMessage(contact_id=ada, purpose="newsletter", subject="S", text="T", to="jürgen@example.org"),
    )
    await work(crm)
    assert await answers(crm) == [("failed", "address_not_ascii", None)]
