"""C2SP signed notes and checkpoints: the specification's examples, and what must be refused."""

from __future__ import annotations

import base64

import pytest

from confida_consent.ledger.checkpoints import (
    Checkpoint,
    Refused,
    Signer,
    open_checkpoint,
    open_note,
    parse_verifier_key,
    sign_checkpoint,
    sign_note,
)

# The note of the specification and the key that signed it.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n"
    "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
LOG = Signer.from_secret("confida/log/0", bytes(range(32)))
OTHER = Signer.from_secret("witness.example.org", bytes(range(1, 33)))
ROOT = bytes(range(32))


def test_note_of_the_specification_opens_with_its_key() -> None:
    assert open_note(EXAMPLE.encode(), [parse_verifier_key(EXAMPLE_KEY)]) == (
        "This is an example message.\n",
        ["example.com/foo"],
    )


def test_note_of_the_specification_is_refused_with_any_other_byte() -> None:
    key, note = parse_verifier_key(EXAMPLE_KEY), EXAMPLE.encode()
    accepted = []
    for at in range(len(note)):
        for flipped in (note[at] ^ 1, note[at] ^ 0x20, 0):
            changed = note[:at] + bytes([flipped]) + note[at + 1 :]
            try:
                accepted.append(open_note(changed, [key]))
            except Refused:
                continue
    assert accepted == []


def test_verifier_key_is_written_as_it_is_read() -> None:
    assert parse_verifier_key(LOG.verifier_key) == LOG.key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
    ],
)
def test_key_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_verifier_key(text)


def test_signature_of_an_unknown_key_is_ignored() -> None:
    note = sign_note("text\n", OTHER, LOG)
    assert open_note(note, [LOG.key]) == ("text\n", ["confida/log/0"])


def test_note_that_only_strangers_signed_is_refused() -> None:
    with pytest.raises(Refused, match="no known key"):
        open_note(sign_note("text\n", OTHER), [LOG.key])


def test_failing_signature_of_a_known_key_rejects_the_note_that_another_signed_well() -> None:
    good = sign_note("text\n", LOG).decode()
    bad = OTHER.signature_line("another text\n")
    with pytest.raises(Refused, match="does not fit"):
        open_note((good + bad).encode(), [LOG.key, OTHER.key])


def test_key_of_the_same_name_and_another_id_is_unknown() -> None:
    namesake = Signer.from_secret(LOG.name, bytes(32))
    assert open_note(sign_note("text\n", namesake, LOG), [LOG.key]) == ("text\n", [LOG.name])


def test_sixteen_signatures_are_accepted() -> None:
    many = [Signer.from_secret(f"witness{number}.example.org", bytes([number]) * 32) for number in range(16)]
    assert open_note(sign_note("text\n", *many), [many[-1].key]) == ("text\n", ["witness15.example.org"])


def test_more_signatures_than_anybody_needs_are_refused() -> None:
    with pytest.raises(Refused):
        open_note(sign_note("text\n", *[LOG] * 101), [LOG.key])


@pytest.mark.parametrize("text", ["with\ttab\n", "with\rreturn\n", "with\x00nothing\n", "without an end"])
def test_text_with_control_characters_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="a note ends"):
        sign_note(text, LOG)


@pytest.mark.parametrize("text", ["with\ttab\n", "with\rreturn\n", "with\x00nothing\n"])
def test_signed_text_with_control_characters_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="control"):
        open_note((text + "\n" + LOG.signature_line(text)).encode(), [LOG.key])


def test_text_may_hold_empty_lines() -> None:
    assert open_note(sign_note("one\n\ntwo\n", LOG), [LOG.key])[0] == "one\n\ntwo\n"


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "with\u00a0space", "with\u2003space"])
def test_name_that_notes_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="key's name"):
        Signer.from_secret(name, bytes(32))


def test_checkpoint_has_three_lines_and_comes_back() -> None:
    note = sign_checkpoint(LOG, 20, ROOT)
    assert note.decode().split("\n\n")[0] == f"confida/log/0\n20\n{base64.b64encode(ROOT).decode()}"
    assert open_checkpoint(note, [LOG.key]) == Checkpoint("confida/log/0", 20, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "confida/log/0\n020\n" + base64.b64encode(ROOT).decode() + "\n",
        "confida/log/0\n-1\n" + base64.b64encode(ROOT).decode() + "\n",
        "confida/log/0\n\u0661\n" + base64.b64encode(ROOT).decode() + "\n",
        "confida/log/0\n20\n" + base64.b64encode(ROOT[:31]).decode() + "\n",
        "confida/log/0\n20\n",
        "\n20\n" + base64.b64encode(ROOT).decode() + "\n",
        "another/log\n20\n" + base64.b64encode(ROOT).decode() + "\n",
    ],
)
def test_signed_text_that_is_no_checkpoint_of_its_signer_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        open_checkpoint(sign_note(text, LOG), [LOG.key])


def test_signature_of_these_bytes_is_this_one() -> None:
    assert sign_checkpoint(LOG, 1, ROOT).decode().splitlines()[-1] == LOG.signature_line(
        "confida/log/0\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    ).rstrip("\n")
