"""From an unlock secret to the root key.

The root key is random and never written down; `keys/root.json` holds it wrapped once per way in ("slot"): the key file or
platform secret, a passphrase, and the recovery key. So a way in can be added or replaced without touching any other key.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confida_core.storage.files import write_durably
from confida_core.vault.sealing import Key, SealBroken, bound_to, derived, open_sealed, seal

RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
RECOVERY_GROUPS = 8
SLOT_ID = b"confida-root-slo"


class Locked(Exception):
    """The installation cannot be opened; the text says what was looked for and where."""


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """Where unlock secrets may lie, in the order in which they are tried.

    credential: systemd's credential; secret_file: Docker secret or configured file; key_file: in CONFIDA_HOME/keys.
    """

    root_file: Path
    credential: Path | None
    secret_file: Path | None
    key_file: Path

    def candidates(self) -> list[Path]:
        return [path for path in (self.credential, self.secret_file, self.key_file) if path is not None]


def create_root(places: KeyPlaces, passphrase: str | None = None) -> tuple[bytes, str]:
    """Make root key, unlock secret and slots; returns the root key and the recovery key to be shown once.

    Raises FileExistsError rather than overwrite slots: overwriting them would lose every sealed row.
    """
    if places.root_file.exists():
        raise FileExistsError(f"{places.root_file.name} exists already")
    root, recovery = os.urandom(32), new_recovery_key()
    slots = {"recovery": wrapped(root, recovery_secret(recovery), "recovery")}
    if passphrase is not None:
        salt = os.urandom(16)
        slots["passphrase"] = wrapped(root, stretched(passphrase, salt), "passphrase") | {"salt": encoded(salt)}
    else:
        slots["file"] = wrapped(root, ensure_secret(places), "file")
    places.root_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(places.root_file, json.dumps({"version": 1, "slots": slots}, indent=1).encode(), mode=0o600)
    return root, recovery


def ensure_secret(places: KeyPlaces) -> bytes:
    """The unlock secret of the first place that has one; else a new key file, readable by its owner alone."""
    for path in places.candidates():
        if path.exists():
            return read_secret(path)
    secret = os.urandom(32)
    places.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(places.key_file, secret.hex().encode() + b"\n", mode=0o400)
    return secret


def read_secret(path: Path) -> bytes:
    """32 bytes written as 64 hexadecimal digits. Raises Locked for anything else."""
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise Locked(f"{path} is not a readable key file (64 hexadecimal digits)") from None
    if len(secret) != 32:
        raise Locked(f"{path} holds {len(secret)} bytes instead of 32")
    return secret


def unlock(places: KeyPlaces, ask: Callable[[], str] | None = None) -> bytes:
    """The root key. ask: called for a passphrase if no file opens it. Raises Locked, having changed nothing."""
    slots = read_slots(places.root_file)
    looked = []
    for path in places.candidates():
        looked.append(str(path))
        if "file" in slots and path.exists():
            return unwrapped(slots["file"], read_secret(path), "file", f"the key in {path}")
    if "passphrase" in slots and ask is not None:
        salt = decoded(slots["passphrase"]["salt"])
        return unwrapped(slots["passphrase"], stretched(ask(), salt), "passphrase", "this passphrase")
    raise Locked("no unlock secret was found; looked for " + ", ".join(looked))


def recover(places: KeyPlaces, recovery_key: str) -> bytes:
    """Open with the recovery key and write a new key file; the lost secret no longer opens anything."""
    document = json.loads(places.root_file.read_text())
    root = unwrapped(document["slots"]["recovery"], recovery_secret(recovery_key), "recovery", "this recovery key")
    secret = os.urandom(32)
    document["slots"].pop("passphrase", None)
    document["slots"]["file"] = wrapped(root, secret, "file")
    # The key file goes first: a crash between the two leaves a key that does not open yet, and recovery can run again.
    write_durably(places.key_file, secret.hex().encode() + b"\n", mode=0o400)
    write_durably(places.root_file, json.dumps(document, indent=1).encode(), mode=0o600)
    return root


def replace_recovery_key(places: KeyPlaces, root: bytes) -> str:
    """A new recovery key, to be shown once; the one before no longer opens anything. root: of the open installation."""
    document = json.loads(places.root_file.read_text())
    recovery = new_recovery_key()
    document["slots"]["recovery"] = wrapped(root, recovery_secret(recovery), "recovery")
    write_durably(places.root_file, json.dumps(document, indent=1).encode(), mode=0o600)
    return recovery


def check_recovery_key(places: KeyPlaces, recovery_key: str) -> None:
    """Raises Locked unless this key opens the installation; changes nothing."""
    slots = read_slots(places.root_file)
    unwrapped(slots["recovery"], recovery_secret(recovery_key), "recovery", "this recovery key")


def read_slots(root_file: Path) -> dict[str, Any]:
    """The slots by name. Raises Locked if the file is absent or is not ours."""
    try:
        document = json.loads(root_file.read_text())
        slots = document["slots"]
        if not isinstance(slots, dict):
            raise TypeError
    except FileNotFoundError:
        raise Locked(
            f"{root_file} is missing; without it no data can be opened. Restore it from the keyring backup"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Locked(f"{root_file} cannot be read; restore it from the keyring backup") from None
    return slots


def wrapped(root: bytes, secret: bytes, slot: str) -> dict[str, str]:
    key = Key.shared(SLOT_ID, derived(secret, f"root slot {slot}"))
    return {"wrapped": encoded(seal(key, root, bound_to(b"root", slot.encode())))}


def unwrapped(entry: dict[str, str], secret: bytes, slot: str, what: str) -> bytes:
    key = Key.shared(SLOT_ID, derived(secret, f"root slot {slot}"))
    try:
        return open_sealed(key, decoded(entry["wrapped"]), bound_to(b"root", slot.encode()))
    except (SealBroken, KeyError, ValueError):
        raise Locked(f"{what} does not open this installation") from None


def stretched(passphrase: str, salt: bytes) -> bytes:
    """Argon2id, second recommended choice of RFC 9106: 64 MiB, three passes, four lanes."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        passphrase.encode(), salt, time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, type=Type.ID
    )


def new_recovery_key() -> str:
    """160 random bits in eight groups of four letters and digits that cannot be mistaken for each other."""
    letters = [secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_GROUPS * 4)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, len(letters), 4))


def recovery_secret(recovery_key: str) -> bytes:
    """Case, spaces and hyphens do not matter when somebody types it from paper."""
    plain = "".join(recovery_key.upper().split()).replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    return plain.encode("utf-8", "replace")


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
