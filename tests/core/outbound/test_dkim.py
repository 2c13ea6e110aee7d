"""Signed mail, verified with a library that is not ours."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from confida_core.cli.mail import mail as command
from confida_core.clock import now
from confida_core.doctor import check_mail
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.dkim import Signer, UnusableKey, key_in, signer_of, write_new_key
from confida_core.outbound.sender import send
from tests.core.outbound.house import (
    Guard,
    Mailbox,
    access_of,
    house,
    mail_settings,
    make_ada,
    plugin,
    serving,
    states,
    work,
)

pytestmark = pytest.mark.anyio
HEAD = b"From: House <crm@example.org>\r\nTo: ada@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n aus  dem\tHaus \r\n"


def published(signer: Signer) -> Callable[..., bytes]:
    """The one record of an invented name server."""

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return signer.record.encode() if name == f"{signer.record_name}.".encode() else b""

    return look_up


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dkim")
    found = {name: folder / name for name in ("rsa", "ed25519")}
    for name, path in found.items():
        write_new_key(path, ed25519=name == "ed25519")
    return found


def signer(path: Path) -> Signer:
    return Signer("example.org", "s2026", key_in(path, path.stat().st_mtime_ns))


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("body", [b"", b"Hello\r\n", b" \t a  b\t\r\n\r\n  \r\n\r\n", b"no end of line", b".\r\n" * 3])
def test_others_verify_what_was_signed(keys: dict[str, Path], kind: str, body: bytes) -> None:
    ours = signer(keys[kind])
    signed = ours.signed(HEAD + b"\r\n" + body, datetime(2026, 5, 1, tzinfo=UTC))
    assert dkim.verify(signed, dnsfunc=published(ours))
    assert max(len(line) for line in signed.partition(b"From: ")[0].split(b"\r\n")) <= 79
    for changed in (
        signed.replace(b"Subject:", b"Subject: Win"),
        signed + b"more\r\n",
        b"From: other@example.org\r\n" + signed,
        signed.replace(b"Subject:", b"Reply-To: other@example.org\r\nSubject:"),
    ):
        assert not dkim.verify(changed, dnsfunc=published(ours))


@limits(max_examples=40)
@given(st.binary(max_size=200), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300))
def test_whatever_it_says_is_verified(keys: dict[str, Path], body: bytes, subject: str) -> None:
    ours = signer(keys["ed25519"])
    lines = body.replace(b"\r", b" ").replace(b"\n", b"\r\n") + b"\r\n"
    head = HEAD.replace(b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n aus  dem\tHaus ", subject.encode())
    assert dkim.verify(ours.signed(head + b"\r\n" + lines, now()), dnsfunc=published(ours))


async def test_what_leaves_is_signed_with_its_links_to_unsubscribe(
    settings: Any, guard: Guard, mailbox: Mailbox, keys: dict[str, Path]
) -> None:
    guard.headers = {
        "List-Unsubscribe": "<https://crm.example.org/my/unsubscribe/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    async with serving(mailbox) as port:
        more = mail_settings(port, dkim_selector="s2026", dkim_key_file=keys["rsa"])
        async with house(settings, plugin([guard.declared()]), **more) as crm:
            message = OutboundMessage(
                contact_id=await make_ada(crm), purpose="newsletter", subject="Grüße", text="a \n\nb", html="<p>ä</p>"
            )
            await send(crm, access_of(), message)
            await work(crm)
            assert await states(crm) == [("sent", "")]
            assert [(finding.name, finding.state) for finding in await check_mail(crm)] == [
                ("Mail", "good"),
                ("Signature of mail", "good"),
            ]
            other = crm.settings.model_copy(update={"dkim_domain": "example.net"})
            assert (await check_mail(dataclasses.replace(crm, settings=other)))[1].state == "warning"
    [letter] = mailbox.letters
    ours = signer(keys["rsa"])
    assert dkim.verify(letter.data, dnsfunc=published(ours))
    assert not dkim.verify(letter.data.replace(b"unsubscribe/abc", b"unsubscribe/xyz"), dnsfunc=published(ours))


async def test_mail_that_cannot_be_signed_does_not_leave(crm: Any, mailbox: Mailbox, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    for text, sentence in (
        (None, "the file of the key cannot be read"),
        ("no key", "the file holds no private key in PEM form without a passphrase"),
    ):
        if text is not None:
            broken.write_text(text)
        settings = crm.settings.model_copy(update={"dkim_selector": "s", "dkim_key_file": broken})
        with pytest.raises(UnusableKey, match=sentence):
            signer_of(settings)
        known = dataclasses.replace(crm, settings=settings)
        assert [(one.name, one.state) for one in await check_mail(known)] == [
            ("Mail", "warning"),
            ("Signature of mail", "bad"),
        ]
    message = OutboundMessage(contact_id=await make_ada(crm), purpose="newsletter", subject="S", text="T")
    assert (await send(known, access_of(), message)).reason == "dkim_unusable"
    await work(known)
    assert (mailbox.letters, await states(crm)) == ([], [("failed", "dkim_unusable")])


def test_new_key_is_for_its_owner_and_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    assert CliRunner().invoke(command, ["new-key", str(path), "--ed25519"]).exit_code == 0
    before = path.read_bytes()
    assert CliRunner().invoke(command, ["new-key", str(path)]).exit_code == 1
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (before, 0o600)
    assert len(signer(path).record) == len("v=DKIM1; k=ed25519; p=") + 44
