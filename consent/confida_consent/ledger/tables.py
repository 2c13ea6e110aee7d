"""Tables of the ledger. Nothing in them is personal: hashes, times, coarse types and random ids."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class LedgerState(Table, tablename="ledger_state", db=DATA):
    """One row, locked by whoever appends. size: leaves so far. reads_until: up to when reads are in the ledger."""

    id = Integer(primary_key=True)
    size = BigInt()
    generation = Integer()
    reads_until = Timestamptz(null=True, default=None)


class LedgerLeaf(Table, tablename="ledger_leaf", db=DATA):
    """One entry, in the order of the tree. erased: the opening of its commitment was destroyed on somebody's request."""

    position = BigInt(primary_key=True)
    kind = Varchar(length=20)
    recorded_at = Timestamptz()
    commitment = Bytea()
    erased = Boolean(default=False)


class LedgerTile(Table, tablename="ledger_tile", db=DATA):
    """Up to 256 hashes of one level of the tree, as C2SP's tiled logs have it. id: level and number in one."""

    id = BigInt(primary_key=True)
    level = Integer()
    number = BigInt()
    hashes = Bytea()


class LedgerCheckpoint(Table, tablename="ledger_checkpoint", db=DATA):
    """A signed note over the first `size` leaves. number: 1, 2, 3 ... without a gap."""

    number = BigInt(primary_key=True)
    generation = Integer()
    size = BigInt()
    note = Bytea()


class LedgerOpening(Table, tablename="ledger_opening", db=DATA):
    """What opens a leaf that belongs to the organisation itself: erasures, restores, hours of reads."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    position = BigInt(index=True)
