"""Ways into an installation: key file, platform secret, passphrase, recovery key; and what is said when none opens it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from confida_core.vault.unlock import KeyPlaces, Locked, create_root, recover, unlock


def places(home: Path, *, credential: Path | None = None, secret_file: Path | None = None) -> KeyPlaces:
    keys = home / "keys"
    return KeyPlaces(
        root_file=keys / "root.json", credential=credential, secret_file=secret_file, key_file=keys / "unlock.key"
    )


def test_key_file_opens_what_it_was_made_for_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    where = places(tmp_path)
    root, _ = create_root(where)
    assert unlock(where) == root
    assert where.key_file.stat().st_mode & 0o777 == 0o400
    assert root.hex() not in where.root_file.read_text()


def test_creating_twice_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    where = places(tmp_path)
    create_root(where)
    before = where.root_file.read_bytes()
    with pytest.raises(FileExistsError):
        create_root(where)
    assert where.root_file.read_bytes() == before


def test_platform_secret_is_used_before_the_key_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("ab" * 32)
    where = places(tmp_path, secret_file=secret)
    root, _ = create_root(where)
    assert unlock(where) == root
    assert not where.key_file.exists()


def test_missing_secret_names_every_place_it_looked(tmp_path: Path) -> None:
    where = places(tmp_path, credential=tmp_path / "credential", secret_file=tmp_path / "secret")
    create_root(where)
    where.key_file.unlink()
    with pytest.raises(Locked) as refused:
        unlock(where)
    assert str(refused.value) == (
        f"no unlock secret was found; looked for {tmp_path / 'credential'}, {tmp_path / 'secret'}, {where.key_file}"
    )


@pytest.mark.parametrize(("content", "says"), [("zz", "64 hexadecimal digits"), ("ab" * 31, "31 bytes instead of 32")])
def test_malformed_key_file_is_described_without_its_content(tmp_path: Path, content: str, says: str) -> None:
    where = places(tmp_path)
    create_root(where)
    where.key_file.chmod(0o600)
    where.key_file.write_text(content)
    with pytest.raises(Locked, match=says) as refused:
        unlock(where)
    assert content not in str(refused.value)


def test_another_installations_key_does_not_open_this_one(tmp_path: Path) -> None:
    where, other = places(tmp_path / "one"), places(tmp_path / "two")
    create_root(where)
    create_root(other)
    where.key_file.chmod(0o600)
    where.key_file.write_bytes(other.key_file.read_bytes())
    with pytest.raises(Locked, match="does not open this installation"):
        unlock(where)


def test_passphrase_opens_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    where = places(tmp_path)
    root, _ = create_root(where, passphrase="correct horse battery staple")
    assert not where.key_file.exists()
    assert unlock(where, lambda: "correct horse battery staple") == root
    with pytest.raises(Locked):
        unlock(where, lambda: "correct horse battery stable")


def test_recovery_key_as_typed_from_paper_opens_and_replaces_the_lost_secret(tmp_path: Path) -> None:
    where = places(tmp_path)
    root, recovery_key = create_root(where)
    lost = where.key_file.read_bytes()
    where.key_file.unlink()
    assert recover(where, recovery_key.lower().replace("-", " ").replace("0", "o")) == root
    assert unlock(where) == root
    where.key_file.chmod(0o600)
    where.key_file.write_bytes(lost)
    with pytest.raises(Locked):
        unlock(where)


def test_wrong_recovery_key_changes_nothing(tmp_path: Path) -> None:
    where = places(tmp_path)
    create_root(where)
    before = (where.root_file.read_bytes(), where.key_file.read_bytes())
    with pytest.raises(Locked):
        recover(where, "AAAA-" * 7 + "AAAA")
    assert (where.root_file.read_bytes(), where.key_file.read_bytes()) == before


@pytest.mark.parametrize("damage", ["", "{}", "[]", "no json", json.dumps({"slots": None})])
def test_damaged_slot_file_is_refused_plainly(tmp_path: Path, damage: str) -> None:
    where = places(tmp_path)
    create_root(where)
    where.root_file.write_text(damage)
    with pytest.raises(Locked, match="keyring backup"):
        unlock(where)
