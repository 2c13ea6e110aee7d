"""What a person takes home, and checks with nothing but one file of Python (RC-5, RC-6)."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from confida_consent.receipts.files import archive_name, files_of, receipt_archive
from confida_consent.receipts.receipt import Receipt
from tests.consent.receipts.papers import NOTICE, SIGNER, objection, paper, status


def unpacked(receipt: Receipt, folder: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(receipt_archive(receipt))) as archive:
        archive.extractall(folder)
        return archive.namelist()


def check(folder: Path, *more: str) -> tuple[int, str]:
    """Runs the verifier that lies in the folder, with nothing of ours in reach."""
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "receipt", ".", *more],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_rc5_person_receives_every_form() -> None:
    assert {name: kind for name, (kind, _) in files_of(paper()).items()} == {
        "receipt.jsonld": "application/ld+json",
        "receipt.kantara.json": "application/json",
        "receipt.notice.txt": "text/plain; charset=utf-8",
        "receipt.tlog-proof": "text/plain; charset=utf-8",
    }
    assert files_of(paper())["receipt.notice.txt"][1] == NOTICE


def test_what_is_no_standing_consent_lacks_the_formats_of_consent() -> None:
    assert [
        list(files_of(receipt)) for receipt in (paper("withdrawn"), objection(), paper(later=(status("expired"),)))
    ] == [
        ["receipt.jsonld", "receipt.notice.txt", "receipt.tlog-proof"],
        ["receipt.tlog-proof"],
        ["receipt.jsonld", "receipt.notice.txt", "receipt.tlog-proof"],
    ]


def test_rc6_archive_is_checked_without_us(tmp_path: Path) -> None:
    assert unpacked(paper(), tmp_path) == [
        "README.txt", "receipt.jsonld", "receipt.kantara.json", "receipt.notice.txt", "receipt.tlog-proof", "verifier.key",
        "verify.py",
    ]  # fmt: skip
    code, said = check(tmp_path, "--key", "verifier.key")
    assert (code, "It holds: entry 4 of 11" in said) == (0, True)
    assert check(tmp_path, "--key", SIGNER.verifier_key)[0] == 0


@pytest.mark.parametrize("receipt", [paper("withdrawn"), paper(notice=None), objection()])
def test_rc6_archive_of_every_event_is_checked_without_us(receipt: Receipt, tmp_path: Path) -> None:
    unpacked(receipt, tmp_path)
    assert check(tmp_path, "--key", "verifier.key")[0] == 0


# A byte of each part: the notice; payload and salt in the extra line; index; a hash; the checkpoint and its signature.
PLACES = {
    "notice": ("receipt.notice.txt", b"news", b"newt"),
    "end of notice": ("receipt.notice.txt", b"else.\n", b"else."),
    "salt": ("receipt.tlog-proof", b"extra A", b"extra B"),
    "position": ("receipt.tlog-proof", b"index 4", b"index 5"),
    "size": ("receipt.tlog-proof", b"\n11\n", b"\n12\n"),
    "origin": ("receipt.tlog-proof", b"/0\n11", b"/1\n11"),
}


@pytest.mark.parametrize("place", PLACES)
def test_rc6_one_changed_byte_is_refused(place: str, tmp_path: Path) -> None:
    unpacked(paper(), tmp_path)
    name, old, new = PLACES[place]
    path = tmp_path / name
    before = path.read_bytes()
    path.write_bytes(before.replace(old, new, 1))
    assert path.read_bytes() != before
    code, said = check(tmp_path, "--key", "verifier.key")
    assert (code, said.startswith("REFUSED")) == (1, True)


def test_rc6_every_line_of_the_proof_counts(tmp_path: Path) -> None:
    """One byte in the middle of every line: salt with payload, each hash, root, signature."""
    unpacked(paper(), tmp_path)
    path = tmp_path / "receipt.tlog-proof"
    lines = path.read_bytes().split(b"\n")
    tried = [number for number, line in enumerate(lines) if len(line) > 20]
    assert len(tried) >= 8
    for number in tried:
        line = bytearray(lines[number])
        line[len(line) // 2] ^= 1
        path.write_bytes(b"\n".join([*lines[:number], bytes(line), *lines[number + 1 :]]))
        assert check(tmp_path, "--key", "verifier.key")[0] == 1, number


def test_rc6_key_of_somebody_else_is_refused(tmp_path: Path) -> None:
    from confida_consent.ledger.checkpoints import Signer

    unpacked(paper(), tmp_path)
    assert check(tmp_path, "--key", Signer.from_secret(SIGNER.name, b"\x08" * 32).verifier_key)[0] == 1


def test_readme_tells_what_was_agreed_and_how_to_check_it(tmp_path: Path) -> None:
    unpacked(paper(language="de"), tmp_path)
    text = (tmp_path / "README.txt").read_text("utf-8")
    assert text.startswith("Beleg über Ihre Einwilligung\n============================\n")
    assert "python verify.py receipt . --key verifier.key" in text
    assert "Entscheidung: Einwilligung erteilt\n" in text


def test_archive_names_nobody_and_is_the_same_each_time() -> None:
    assert archive_name(paper()) == f"receipt-{paper().record_id.hex[:8]}.zip"
    assert receipt_archive(paper()) == receipt_archive(paper())
