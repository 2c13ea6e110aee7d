"""A receipt proves what it says by itself, and nothing else: each byte of it counts."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from confida_consent.ledger import verify
from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.commitments import Commitment, LeafEntry, commit_to, instant
from confida_consent.ledger.export import export_ledger
from confida_consent.ledger.log import append, checkpoint, inclusion, tlog_proof, verifier_key
from confida_consent.ledger.verify import Refused, check_receipt, parse_proof, parse_verifier_key
from tests.consent.ledger.test_log import START, appended, leaf

pytestmark = pytest.mark.anyio

NOTICE = b"We send you our letter four times a year. Du bekommst viermal im Jahr unseren Brief.\n"


def payload_of(**more: Any) -> bytes:
    members = {"type": "consent", "recorded_at": instant(START), "v": 1, "subject": "5d1f", "purpose": "letter"}
    return canonical({**members, "notice_sha256": hashlib.sha256(NOTICE).hexdigest(), **more})


async def receipt(crm: Any, payload: bytes, before: int = 300, after: int = 20) -> tuple[bytes, str]:
    """The proof of one entry among others, and the key of its ledger."""
    commitment: Commitment = commit_to(payload)
    await appended(crm, 0, before)
    async with crm.data.transaction():
        position = await append(crm, [LeafEntry("consent", START, commitment.value)])
    await appended(crm, before, before + after)
    await checkpoint(crm)
    return tlog_proof(await inclusion(crm, position), commitment.salt, payload), await verifier_key(crm)


def accepted(proof: bytes, notice: bytes | None, key: str) -> bool:
    try:
        check_receipt(proof, notice, [parse_verifier_key(key)])
    except Refused:
        return False
    return True


async def test_receipt_proves_its_payload(crm: Any) -> None:
    proof, key = await receipt(crm, payload_of())
    shown = check_receipt(proof, NOTICE, [parse_verifier_key(key)])
    assert (shown.payload["purpose"], shown.position, shown.checkpoint.size) == ("letter", 300, 321)


async def test_receipt_is_refused_with_any_other_byte(crm: Any) -> None:
    proof, key = await receipt(crm, payload_of())
    changed = [
        proof[:at] + bytes([proof[at] ^ bit]) + proof[at + 1 :] for at in range(len(proof)) for bit in (1, 0x20, 0x80)
    ]
    changed += [proof[:at] + proof[at + 1 :] for at in range(len(proof))]
    assert [each for each in changed if accepted(each, NOTICE, key)] == []


async def test_receipt_is_refused_with_any_other_byte_of_salt_and_payload(crm: Any) -> None:
    proof, key = await receipt(crm, payload_of())
    extra = parse_proof(proof).extra
    found = []
    for at in range(len(extra)):
        other = extra[:at] + bytes([extra[at] ^ 1]) + extra[at + 1 :]
        if accepted(proof.replace(base64.b64encode(extra), base64.b64encode(other)), NOTICE, key):
            found.append(at)
    assert found == []


async def test_receipt_is_refused_with_any_other_byte_of_the_notice(crm: Any) -> None:
    proof, key = await receipt(crm, payload_of())
    changed = [NOTICE[:at] + bytes([NOTICE[at] ^ 1]) + NOTICE[at + 1 :] for at in range(len(NOTICE))]
    assert [each for each in [*changed, NOTICE[:-1], b"", None] if accepted(proof, each, key)] == []


async def test_receipt_without_a_notice_is_accepted_without_one_only(crm: Any) -> None:
    proof, key = await receipt(crm, payload_of(notice_sha256=""))
    assert [accepted(proof, notice, key) for notice in (None, NOTICE)] == [True, False]


async def test_receipt_under_another_key_is_refused(crm: Any) -> None:
    from confida_consent.ledger.checkpoints import Signer

    proof, key = await receipt(crm, payload_of())
    other = Signer.from_secret(key.partition("+")[0], bytes(32)).verifier_key
    assert accepted(proof, NOTICE, other) is False


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"type":"consent"}',
        b'{"recorded_at":"2026-11-22T03:00:00.000000Z","type":"consent","type":"consent"}',
        b'{"recorded_at":"2026-11-22T03:00:00Z","type":"consent"}',
        b'{"recorded_at":"2026-11-22T03:00:00.000000Z","type":"co\\"nsent"}',
        b"\xff",
        b"[" * 5000,
    ],
)
async def test_payload_of_another_form_is_refused(payload: bytes) -> None:
    with pytest.raises(Refused):
        verify.parse_payload(payload)


def written(folder: Path, proof: bytes, key: str) -> Path:
    folder.mkdir()
    (folder / "receipt.tlog-proof").write_bytes(proof)
    (folder / "notice.txt").write_bytes(NOTICE)
    (folder / "verifier.key").write_text(key + "\n")
    return folder


def run_alone(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    """The verifier as a person has it: one file in a folder of its own, and nothing of Confida on the path."""
    alone = tmp_path / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(verify.__file__, alone / "verify.py")
    code = (
        "import sys, runpy; sys.path = [p for p in sys.path if 'confida' not in p and p != '']; "
        "sys.modules.update({name: None for name in ('confida_core', 'confida_consent', 'confida_web')}); "
        "sys.argv = ['verify.py', *sys.argv[1:]]; runpy.run_path('verify.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=alone, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout.splitlines()[-1] if done.returncode == 0 else done.stderr.strip()


async def test_verifier_alone_accepts_the_receipt_and_says_what_it_proves(crm: Any, tmp_path: Path) -> None:
    proof, key = await receipt(crm, payload_of())
    folder = written(tmp_path / "receipt", proof, key)
    name = key.partition("+")[0]
    sentence = f"It holds: entry 300 of 321 in {name}, recorded 2026-11-22T03:00:00.000000Z."
    assert run_alone(tmp_path, "receipt", str(folder)) == (0, sentence)
    assert run_alone(tmp_path, "receipt", str(folder), "--key", key) == (0, sentence)


async def test_verifier_alone_refuses_another_notice(crm: Any, tmp_path: Path) -> None:
    proof, key = await receipt(crm, payload_of())
    folder = written(tmp_path / "receipt", proof, key)
    (folder / "notice.txt").write_bytes(NOTICE.replace(b"four", b"five"))
    answer = (1, "REFUSED: the notice is not the one that the entry names")
    assert run_alone(tmp_path, "receipt", str(folder)) == answer


async def test_exported_ledger_is_checked_alone(crm: Any, tmp_path: Path) -> None:
    await appended(crm, 0, 600)
    assert await export_ledger(crm, tmp_path / "export") == 600
    old = tmp_path / "old"
    old.write_bytes((tmp_path / "export/checkpoint").read_bytes())
    await appended(crm, 600, 700)
    await export_ledger(crm, tmp_path / "export")
    name = (await verifier_key(crm)).partition("+")[0]
    export, new = str(tmp_path / "export"), str(tmp_path / "export/checkpoint")
    assert run_alone(tmp_path, "log", export) == (0, f"It holds: 700 entries give the root that {name} signed.")
    assert run_alone(tmp_path, "consistency", str(old), new, "--tiles", export) == (
        0,
        "It holds: nothing among the first 600 entries was rewritten.",
    )


async def test_exported_ledger_with_a_rewritten_entry_is_refused_alone(crm: Any, tmp_path: Path) -> None:
    await appended(crm, 0, 300)
    await export_ledger(crm, tmp_path / "export")
    bundle = tmp_path / "export/tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"note", b"nope", 1))
    answer = (1, "REFUSED: entry 0 is not the one that the tree holds")
    assert run_alone(tmp_path, "log", str(tmp_path / "export")) == answer


async def test_exported_ledger_with_a_rewritten_hash_is_refused_alone(crm: Any, tmp_path: Path) -> None:
    await appended(crm, 0, 300)
    await export_ledger(crm, tmp_path / "export")
    checkpoint = str(tmp_path / "export/checkpoint")
    tile = tmp_path / "export/tile/0/001.p/44"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert run_alone(tmp_path, "consistency", checkpoint, checkpoint, "--tiles", str(tmp_path / "export")) == (
        1,
        "REFUSED: the tiles do not give the signed root of 300 entries",
    )


@pytest.mark.parametrize(("number", "path"), [(0, "000"), (67, "067"), (1234067, "x001/x234/067"), (1000, "x001/000")])
def test_tiles_lie_where_the_specification_says(number: int, path: str) -> None:
    assert verify.tile_path(number) == path


def test_verifier_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    import ast

    tree = ast.parse(Path(verify.__file__).read_text())
    names = {
        (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}


def test_verifier_is_written_for_python_3_9() -> None:
    import ast

    ast.parse(Path(verify.__file__).read_text(), feature_version=(3, 9))


async def test_leaf_of_this_file_is_the_leaf_of_the_ledger() -> None:
    made = leaf(1)
    assert made.encoded() == verify.entry_bytes("note", instant(made.time), made.commitment)


async def test_consistency_with_a_later_or_an_empty_checkpoint_is_refused_alone(crm: Any, tmp_path: Path) -> None:
    await export_ledger(crm, tmp_path / "empty")
    await appended(crm, 0, 3)
    await export_ledger(crm, tmp_path / "export")
    empty, full = str(tmp_path / "empty/checkpoint"), str(tmp_path / "export/checkpoint")
    answer = (1, "REFUSED: the old checkpoint must cover entries, and not more than the new one")
    for old, new in ((empty, full), (full, empty)):
        assert run_alone(tmp_path, "consistency", old, new, "--tiles", str(tmp_path / "export")) == answer
