#!/usr/bin/env python3
"""Check a receipt, or the ledger itself, without Confida and without a network. One file; needs Python 3.9 and `cryptography`.

    python verify.py receipt FOLDER                     the files of a receipt: is this consent in the signed ledger?
    python verify.py consistency OLD NEW --tiles FOLDER was nothing rewritten between two checkpoints?
    python verify.py log FOLDER                         does an exported ledger give the root that was signed?
    python verify.py answer FOLDER                      is an answer to somebody who asked for their data whole, and ours?

Each takes --key KEY (the verifier key, or a file with it). Ends with 0 if everything holds, with 1 if anything was refused.
What a success proves, and what it cannot prove, stands in the documentation of the ledger.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOMAIN = b"confida/ledger/commitment/v1".ljust(32, b"\0")
SALT_BYTES, TILE_WIDTH = 32, 256
EMPTY_ROOT = hashlib.sha256(b"").digest()
ED25519 = b"\x01"
MOST_SIGNATURES = 100
ANSWER_NOTE = "confida answer package"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
KIND = re.compile(r"[a-z]{1,20}", re.ASCII)


class Refused(Exception):
    """What was shown does not prove what it claims; the text says where it fails."""


class VerifierKey(NamedTuple):
    """Who signs: the key's name, its short id, and the Ed25519 public key."""

    name: str
    id: bytes
    public: bytes


class Checkpoint(NamedTuple):
    """What a log signs: who it is, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes


class Proof(NamedTuple):
    """A `.tlog-proof`: salt and payload, the leaf's position, the hashes up to the root, and the checkpoint as it was."""

    extra: bytes
    position: int
    path: tuple[bytes, ...]
    checkpoint: bytes


class Receipt(NamedTuple):
    """What a receipt proves: the payload, at this position, under this checkpoint."""

    payload: dict[str, Any]
    position: int
    checkpoint: Checkpoint


# The tree (RFC 6962; the checks as RFC 9162 words them)


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _require_hashes(*hashes: bytes) -> None:
    if any(len(each) != 32 for each in hashes):
        raise Refused("a hash has not 32 bytes")


def check_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """The leaf with this hash stands at this position of the tree with this root. Raises Refused."""
    _require_hashes(leaf, root, *path)
    if not 0 <= index < size:
        raise Refused("the entry's position lies outside the ledger")
    place, last, reached = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Refused("the inclusion proof is too long")
        if place & 1 or place == last:
            reached = node_hash(sibling, reached)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise Refused("the inclusion proof is too short")
    if reached != root:
        raise Refused("the inclusion proof does not lead to the signed root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """The tree of the new size begins with the tree of the old size. Raises Refused, for an empty old tree too."""
    if not 0 < old <= new:
        raise Refused("only a tree with entries can be compared with a later one")
    if old == new:
        if path or old_root != new_root:
            raise Refused("two roots of one size differ, or a proof came where none belongs")
        return
    _require_hashes(old_root, new_root, *path)
    if not path:
        raise Refused("the consistency proof is empty")
    if _both_roots(old, new, [old_root, *path] if old & (old - 1) == 0 else path) != (old_root, new_root):
        raise Refused("the later tree does not begin with the earlier one")


def _both_roots(old: int, new: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the two trees that a consistency proof leads to."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise Refused("the consistency proof is too long")
        if place & 1 or place == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise Refused("the consistency proof is too short")
    return was, now


class Frontier:
    """Grows a tree leaf by leaf and knows its root; holds no more than one hash for each level."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def push(self, digest: bytes, height: int = 0) -> None:
        """Append a leaf's hash, or that of a complete subtree of 2**height leaves where one of that height fits."""
        self.size += 1 << height
        peaks = self._peaks
        while peaks and peaks[-1][0] == height:
            digest = node_hash(peaks.pop()[1], digest)
            height += 1
        peaks.append((height, digest))

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY_ROOT
        reached = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            reached = node_hash(peak, reached)
        return reached


# Signed notes and checkpoints (C2SP)


def decoded(text: str) -> bytes:
    """Base64 with exactly one way to write each value. Raises Refused."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Refused("a value is not base64") from None
    if base64.b64encode(value).decode() != text:
        raise Refused("a value is not base64 as it would be written")
    return value


def decoded_hash(text: str) -> bytes:
    value = decoded(text)
    _require_hashes(value)
    return value


def is_key_name(name: str) -> bool:
    return name != "" and "+" not in name and not any(letter.isspace() for letter in name)


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def parse_verifier_key(text: str) -> VerifierKey:
    """From `name+hex id+base64(type || public key)`. Raises Refused."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise Refused("this is not a verifier key")
    name, identifier, public = parts[0], parts[1], decoded(parts[2])
    if public[:1] != ED25519 or len(public) != 33 or key_id(name, public[1:]).hex() != identifier:
        raise Refused("the verifier key contradicts itself, or is not an Ed25519 key")
    return VerifierKey(name, bytes.fromhex(identifier), public[1:])


def open_note(note: bytes, keys: Iterable[VerifierKey]) -> tuple[str, list[str]]:
    """The text of a signed note and the names of the given keys that signed it. Raises Refused unless one did."""
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise Refused("the note is not UTF-8") from None
    if any(letter < " " and letter != "\n" for letter in whole):
        raise Refused("the note holds control characters")
    at = whole.rfind("\n\n")
    text, lines = whole[: at + 1], whole[at + 2 :].split("\n")
    if at < 0 or lines.pop() != "" or not 1 <= len(lines) <= MOST_SIGNATURES:
        raise Refused("the note has no signature lines of the right form")
    known = {(key.name, key.id): key for key in keys}
    signers = []
    for line in lines:
        name, signature = _signature_of(line)
        key = known.get((name, signature[:4]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
        except InvalidSignature:
            raise Refused("the signature of a known key does not fit the text") from None
        signers.append(name)
    if not signers:
        raise Refused("no known key has signed")
    return text, signers


def _signature_of(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not is_key_name(parts[1]):
        raise Refused("a signature line has the wrong form")
    signature = decoded(parts[2])
    if len(signature) < 5:
        raise Refused("a signature is too short")
    return parts[1], signature


def parse_checkpoint(text: str) -> Checkpoint:
    """From the text of a note. Raises Refused."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or "" in lines or not NUMBER.fullmatch(lines[1]):
        raise Refused("the note is no checkpoint")
    return Checkpoint(lines[0], int(lines[1]), decoded_hash(lines[2]))


def open_checkpoint(note: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """A checkpoint signed by the log that it names. Raises Refused."""
    text, signers = open_note(note, keys)
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin not in signers:
        raise Refused("the checkpoint is not signed by the log it names")
    return checkpoint


# Receipts


def parse_proof(proof: bytes) -> Proof:
    """A C2SP `.tlog-proof`. Raises Refused."""
    head, gap, checkpoint = proof.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused("the proof is not plain text") from None
    if not gap or lines.pop(0) != PROOF_HEADER:
        raise Refused("this is no tlog-proof of version 1")
    extra = decoded(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
    word, _, index = (lines.pop(0) if lines else "").partition(" ")
    if word != "index" or not NUMBER.fullmatch(index) or len(lines) > 64:
        raise Refused("the proof names no position")
    return Proof(extra, int(index), tuple(decoded_hash(line) for line in lines), checkpoint)


def commitment_of(salt: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(DOMAIN + salt + payload).digest()


def entry_bytes(kind: str, time: str, commitment: bytes) -> bytes:
    """A leaf as it is hashed: RFC 8785 JSON of these four members."""
    value = base64.b64encode(commitment).decode()
    return f'{{"commitment":"{value}","time":"{time}","type":"{kind}","v":1}}'.encode()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise Refused("the payload names a member twice")
    return dict(pairs)


def parse_payload(payload: bytes) -> dict[str, Any]:
    """The payload's members, with those that every leaf needs. Raises Refused."""
    try:
        members = json.loads(payload.decode(), object_pairs_hook=_members)
    except (ValueError, RecursionError):
        raise Refused("the payload is not JSON") from None
    wanted = {"type": KIND, "recorded_at": INSTANT}
    if not isinstance(members, dict) or not all(
        isinstance(members.get(name), str) and form.fullmatch(members[name]) for name, form in wanted.items()
    ):
        raise Refused("the payload does not say what was recorded when")
    return members


def check_receipt(proof: bytes, notice: Optional[bytes], keys: Iterable[VerifierKey]) -> Receipt:  # noqa: UP045 -- 3.9
    """Notice -> payload -> commitment -> leaf -> root -> signature. Raises Refused at the first link that is broken.

    notice: the exact bytes that were shown; None only if the payload names none.
    """
    shown = parse_proof(proof)
    salt, payload = shown.extra[:SALT_BYTES], shown.extra[SALT_BYTES:]
    members = parse_payload(payload)
    named = members.get("notice_sha256") or None
    if named != (None if notice is None else hashlib.sha256(notice).hexdigest()):
        raise Refused("the notice is not the one that the entry names")
    checkpoint = open_checkpoint(shown.checkpoint, keys)
    entry = entry_bytes(members["type"], members["recorded_at"], commitment_of(salt, payload))
    check_inclusion(shown.position, checkpoint.size, leaf_hash(entry), shown.path, checkpoint.root)
    return Receipt(members, shown.position, checkpoint)


# An exported ledger


def tile_path(number: int) -> str:
    """Number of a tile as the folders and the file of C2SP's tiled logs: 1234067 is `x001/x234/067`."""
    groups = [number % 1000]
    while number := number // 1000:
        groups.insert(0, number % 1000)
    return "/".join([f"x{group:03d}" for group in groups[:-1]] + [f"{groups[-1]:03d}"])


def read_tile(folder: Path, kind: str, number: int, width: int) -> bytes:
    """A tile of this width, from its own file or as the beginning of a later, fuller one. Raises Refused."""
    path = folder / "tile" / kind / tile_path(number)
    partial = path.with_name(path.name + ".p")
    later = sorted(partial.iterdir(), key=lambda each: int(each.name)) if partial.is_dir() else []
    for each in (*later, path):
        if each.is_file() and (each == path or int(each.name) >= width):
            return each.read_bytes()
    raise Refused(f"tile {kind}/{number} is missing")


def leaf_hashes(folder: Path, size: int) -> Iterator[bytes]:
    """The hashes of the first `size` leaves, from the tiles of level 0. Raises Refused."""
    for number in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        hashes = read_tile(folder, "0", number, width)
        if len(hashes) < width * 32 or len(hashes) % 32:
            raise Refused(f"tile 0/{number} is too short")
        for at in range(0, width * 32, 32):
            yield hashes[at : at + 32]


def entries(folder: Path, size: int) -> Iterator[bytes]:
    """The first `size` entries, from the bundles. Raises Refused."""
    for number in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        bundle, at = read_tile(folder, "entries", number, width), 0
        for _ in range(width):
            length = int.from_bytes(bundle[at : at + 2], "big")
            entry = bundle[at + 2 : at + 2 + length]
            if not length or len(entry) != length:
                raise Refused(f"the entries of bundle {number} are cut off")
            yield entry
            at += 2 + length


def check_tiles(folder: Path, checkpoints: Sequence[Checkpoint]) -> None:
    """The tiles give the root of each checkpoint, so that the later ones begin with the earlier. Raises Refused."""
    if len({checkpoint.origin for checkpoint in checkpoints}) > 1:
        raise Refused("the checkpoints are of different ledgers (a restore from a backup begins a new one)")
    wanted = sorted(checkpoints, key=lambda each: each.size)
    frontier = Frontier()
    for digest in leaf_hashes(folder, wanted[-1].size):
        _compare(frontier, wanted)
        frontier.push(digest)
    _compare(frontier, wanted)


def _compare(frontier: Frontier, wanted: list[Checkpoint]) -> None:
    while wanted and wanted[0].size == frontier.size:
        if wanted.pop(0).root != frontier.root():
            raise Refused(f"the tiles do not give the signed root of {frontier.size} entries")


def check_log(folder: Path, keys: Iterable[VerifierKey]) -> Checkpoint:
    """An exported ledger: entries -> hashes -> root -> signature. Raises Refused."""
    checkpoint = open_checkpoint((folder / "checkpoint").read_bytes(), keys)
    both = zip(entries(folder, checkpoint.size), leaf_hashes(folder, checkpoint.size))  # noqa: B905 -- Python 3.9
    for position, (entry, digest) in enumerate(both):
        if leaf_hash(entry) != digest:
            raise Refused(f"entry {position} is not the one that the tree holds")
    check_tiles(folder, [checkpoint])
    return checkpoint


# The command


def keys_of(given: Sequence[str], beside: Path) -> list[VerifierKey]:
    """The keys named on the command line, or else the one that came along, which proves less."""
    if not given and beside.is_file():
        print(f"The key is the one that came along ({beside.name}): compare it with one from another source.")
        given = [str(beside)]
    return [parse_verifier_key(Path(key).read_text("utf-8") if Path(key).is_file() else key) for key in given]


def receipt(given: argparse.Namespace) -> str:
    paths = [path for each in given.paths for path in (sorted(each.iterdir()) if each.is_dir() else [each])]
    proofs = [path for path in paths if path.suffix == ".tlog-proof"]
    notices = [path for path in paths if path.name.endswith("notice.txt")]
    if len(proofs) != 1 or len(notices) > 1:
        raise Refused("a receipt is one .tlog-proof and at most one notice (notice.txt)")
    keys = keys_of(given.key, next((path for path in paths if path.suffix == ".key"), Path("verifier.key")))
    proven = check_receipt(proofs[0].read_bytes(), notices[0].read_bytes() if notices else None, keys)
    print(json.dumps(proven.payload, indent=2, ensure_ascii=False))
    return (
        f"It holds: entry {proven.position} of {proven.checkpoint.size} in {proven.checkpoint.origin}, "
        f"recorded {proven.payload['recorded_at']}."
    )


def consistency(given: argparse.Namespace) -> str:
    keys = keys_of(given.key, given.tiles / "verifier.key")
    both = [open_checkpoint(path.read_bytes(), keys) for path in (given.old, given.new)]
    if not 0 < both[0].size <= both[1].size:
        raise Refused("the old checkpoint must cover entries, and not more than the new one")
    check_tiles(given.tiles, both)
    return f"It holds: nothing among the first {both[0].size} entries was rewritten."


def log(given: argparse.Namespace) -> str:
    checkpoint = check_log(given.folder, keys_of(given.key, given.folder / "verifier.key"))
    return f"It holds: {checkpoint.size} entries give the root that {checkpoint.origin} signed."


def answer(given: argparse.Namespace) -> str:
    """A whole answer to somebody who asked for their data: every file, the signature, and the entry in the ledger."""
    folder, manifest = given.folder, (given.folder / "manifest.json").read_bytes()
    digest, keys = hashlib.sha256(manifest).hexdigest(), keys_of(given.key, given.folder / "verifier.key")
    text, signers = open_note((folder / "manifest.note").read_bytes(), keys)
    lines = text.split("\n")
    if lines[0] != ANSWER_NOTE or digest not in lines[1:]:
        raise Refused("the signature is about another manifest")
    proven = check_receipt((folder / "manifest.tlog-proof").read_bytes(), None, keys)
    if proven.payload["type"] != "request" or proven.payload.get("manifest_sha256") != digest:
        raise Refused("the entry in the ledger is about another manifest")
    named = _named_files(manifest)
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for path in sorted({*named, *found} - {"manifest.json", "manifest.note", "manifest.tlog-proof"}):
        if path not in found or path not in named or _file_hash(found[path]) != named[path]:
            raise Refused(f"{path} is missing, changed or not part of the answer")
    return f"It holds: {len(named)} files as {signers[0]} signed them, entry {proven.position} of the ledger."


def note(given: argparse.Namespace) -> str:
    """Any text that was signed, such as the report of a drill."""
    text, signers = open_note(given.path.read_bytes(), keys_of(given.key, given.path.with_name("verifier.key")))
    print(text)
    return f"It holds: {signers[0]} signed this text."


def _named_files(manifest: bytes) -> dict[str, str]:
    try:
        return {str(entry["path"]): str(entry["sha256"]) for entry in json.loads(manifest)["files"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("the manifest does not name files") from None


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def main(arguments: Optional[Sequence[str]] = None) -> int:  # noqa: UP045 -- Python 3.9
    parser = argparse.ArgumentParser(prog="verify.py", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    for work, paths in (
        (receipt, ()),
        (consistency, ("old", "new")),
        (log, ("folder",)),
        (answer, ("folder",)),
        (note, ("path",)),
    ):
        command = commands.add_parser(work.__name__)
        command.set_defaults(work=work)
        command.add_argument("--key", action="append", default=[], help="the verifier key, or a file with it")
        for name in paths:
            command.add_argument(name, type=Path)
        if work is receipt:
            command.add_argument("paths", nargs="+", type=Path, help="the folder of the receipt, or its files")
        if work is consistency:
            command.add_argument("--tiles", type=Path, required=True, help="folder of the exported ledger")
    given = parser.parse_args(arguments)
    try:
        print(given.work(given))
    except (Refused, OSError, ValueError) as error:
        print(f"REFUSED: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
