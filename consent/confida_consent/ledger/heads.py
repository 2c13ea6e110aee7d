"""How far the ledger has come: its state, what of it is remembered beside the keys, and the key that signs it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import msgspec

from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.checkpoints import Checkpoint, Refused, Signer, VerifierKey, open_checkpoint
from confida_consent.ledger.tiles import LedgerBroken, stored_bytes
from confida_core.installation import Installation
from confida_core.vault.keyring import Keyring

_signers: WeakKeyDictionary[Keyring, dict[int, Signer]] = WeakKeyDictionary()
HEAD, RESTORES, SIGNING = "ledger head", "restores", "ledger signing"


class Head(msgspec.Struct, frozen=True):
    """The newest checkpoint that was signed. generation: how often the installation had been restored by then."""

    generation: int
    size: int
    root: bytes

    @property
    def number(self) -> int:
        """Grows with every checkpoint, across restores too."""
        return self.generation << 40 | self.size

    def facts(self) -> dict[str, int | str]:
        """For canonical JSON; the root in base64, as `msgspec` reads bytes."""
        return {"generation": self.generation, "root": base64.b64encode(self.root).decode(), "size": self.size}

    def encoded(self) -> str:
        return canonical(self.facts()).decode()


@dataclass(frozen=True, slots=True)
class State:
    """size: leaves appended so far. generation: of the log that is being written."""

    size: int
    generation: int


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A row of the checkpoints, as it is stored; nothing in it is trusted yet."""

    number: int
    generation: int
    size: int
    note: bytes

    def covers(self, state: State) -> bool:
        """Whether no leaf came after it, and no restore."""
        return (self.size, self.generation) == (state.size, state.generation)

    def opened(self, key: VerifierKey) -> Checkpoint:
        """Raises LedgerBroken unless this key signed it and the row says the same."""
        try:
            checkpoint = open_checkpoint(self.note, [key])
        except Refused as error:
            raise LedgerBroken(f"checkpoint {self.number}: {error}") from None
        if checkpoint.size != self.size:
            raise LedgerBroken(f"checkpoint {self.number} is about {checkpoint.size} entries, not {self.size}")
        return checkpoint


async def state_of(crm: Installation) -> State:
    """Without a lock; whoever appends locks it."""
    rows = await crm.data.fetch("SELECT size, generation FROM ledger_state WHERE id = 1")
    return State(rows[0]["size"], rows[0]["generation"]) if rows else State(0, 0)


async def lock_state(crm: Installation) -> State:
    """Until this transaction ends nobody else appends or signs."""
    lock = "UPDATE ledger_state SET size = size WHERE id = 1 RETURNING size, generation"
    rows = await crm.data.fetch(lock)
    if not rows:
        await crm.data.fetch(
            "INSERT INTO ledger_state (id, size, generation) VALUES (1, 0, 0) ON CONFLICT (id) DO NOTHING"
        )
        rows = await crm.data.fetch(lock)
    return State(rows[0]["size"], rows[0]["generation"])


async def remembered_head(crm: Installation) -> Head | None:
    """What the keyring remembers of the newest checkpoint; it is as fresh as the keys, whatever becomes of the data."""
    fact = await crm.keyring.remembered(HEAD)
    return msgspec.json.decode(fact[1], type=Head) if fact else None


async def restores_of(crm: Installation) -> int:
    """How often this installation was restored from a backup."""
    fact = await crm.keyring.remembered(RESTORES)
    return fact[0] if fact else 0


async def standing(crm: Installation) -> tuple[State, StoredCheckpoint | None]:
    """How far the ledger is, and the newest stored checkpoint, in one query."""
    rows = await crm.data.fetch(
        "SELECT s.size AS leaves, s.generation AS current, c.number, c.generation, c.size, c.note FROM ledger_state s "
        "LEFT JOIN ledger_checkpoint c ON c.number = (SELECT max(number) FROM ledger_checkpoint) WHERE s.id = 1"
    )
    if not rows:
        return State(0, 0), None
    row = rows[0]
    state = State(row["leaves"], row["current"])
    if row["number"] is None:
        return state, None
    return state, StoredCheckpoint(row["number"], row["generation"], row["size"], stored_bytes(row["note"]))


async def newest_checkpoint(crm: Installation) -> StoredCheckpoint | None:
    return (await standing(crm))[1]


def origin_of(crm: Installation, generation: int) -> str:
    """The name of the log; a restore begins another one, because it may lack what the last one had signed."""
    return f"confida/{crm.keyring.installation_id}/{generation}"


async def signer_of(crm: Installation, generation: int) -> Signer:
    """The ledger's key never changes, so that it is read once for as long as the keyring is open."""
    known = _signers.setdefault(crm.keyring, {})
    if generation not in known:
        known[generation] = Signer.from_secret(origin_of(crm, generation), await crm.keyring.named(SIGNING))
    return known[generation]


async def verifier_key(crm: Installation) -> str:
    """The key that others need to check this ledger, in C2SP's form; the same until a restore."""
    return (await signer_of(crm, (await state_of(crm)).generation)).verifier_key


async def verifier_keys(crm: Installation) -> list[str]:
    """The newest key first, then those from before each restore, under which older receipts stay valid."""
    newest = (await state_of(crm)).generation
    return [(await signer_of(crm, generation)).verifier_key for generation in range(newest, -1, -1)]
