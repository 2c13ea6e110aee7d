"""What both engines do with restored data before anybody sees them: judge the keys, bring the schema up to date, leave out the erased."""

from __future__ import annotations

from confida_core.backup.following import queue_following
from confida_core.backup.keyless import Keyless, find_keyless, purge, purge_traces
from confida_core.backup.manifest import read_manifest
from confida_core.backup.plan import Plan, RestoreRefused
from confida_core.contacts.records import CONTACT
from confida_core.contacts.restored_redaction import redact_restored
from confida_core.storage.database import Database
from confida_core.storage.migrations import migrate
from confida_core.vault.keyring import Keyring
from confida_core.vault.keyring_tables import Counters

# Name of the fact that says how many times a backup was put in place.
RESTORES = "restores"


def check_keyring(plan: Plan, keyring: Keyring) -> None:
    """Raises RestoreRefused for the keys of another installation, or keys older than the data."""
    if keyring.installation_id != plan.manifest.installation:
        raise RestoreRefused("the keyring belongs to another installation than this backup")
    if keyring.generation < plan.manifest.generation:
        raise RestoreRefused("the keyring is older than this backup: rows written since would be lost; use the newest")
    if keyring.order_number < plan.manifest.orders:
        raise RestoreRefused(
            "the keyring is older than this backup: objections and restrictions since would be forgotten; use the newest"
        )
    check_witnesses(plan, keyring)


def check_witnesses(plan: Plan, keyring: Keyring) -> None:
    """Raises RestoreRefused if another copy was made after something that this keyring has not seen."""
    for path, manifest in plan.witnesses:
        if manifest.installation == keyring.installation_id and not keyring.counters.covers(manifest.counters):
            raise RestoreRefused(
                f"the keyring is older than {path.name}: whoever was erased or objected before that was made would be "
                "forgotten; use the newest keyring"
            )


def say_what_nobody_knows(plan: Plan) -> None:
    """Where the keyring in place is lost, and nothing newer is at hand, its copy has to be believed."""
    made_at = f" of {read_manifest(plan.keyring_folder).made_at:%Y-%m-%d %H:%M} UTC" if plan.keyring_folder else ""
    plan.say(
        f"the keyring in place is lost; using the copy{made_at}. If anybody was erased or objected after that, nothing here "
        "knows it: look through your certificates and letters, and do it again"
    )


def copy_is_newer(present: Counters, copy: Counters) -> bool:
    """Whether the copy has seen something that the keyring in place has not; of two equal ones the one in place stays.

    Raises RestoreRefused if each has seen what the other has not: either choice would forget an erasure or a "no".
    """
    if present.covers(copy):
        return False
    if copy.covers(present):
        return True
    raise RestoreRefused(
        "the keyring in place and its copy have parted: one knows of later erasures, the other of later objections"
    )


async def count_restore(keyring: Keyring) -> None:
    """Note beside the keys that a backup was put in place; whoever keeps proofs must know that the data went back."""
    async with keyring.database.transaction():
        # Counted like an order, so that copies made before it are renewed.
        await keyring.bump_orders()
        number, _ = await keyring.remembered(RESTORES) or (0, "")
        await keyring.remember(RESTORES, number + 1)


async def current_and_complete(plan: Plan, data: Database, keyring: Keyring) -> Keyless:
    """The restored data as this version wants them, without whoever was erased, and with the work that has to follow."""
    plan.say("bringing the schema up to date")
    await migrate(plan.registry.apps, data)
    found = await without_keyless(plan, data, keyring)
    async with data.transaction():
        await queue_following(data, plan.registry)
    return found


async def without_keyless(plan: Plan, data: Database, keyring: Keyring) -> Keyless:
    plan.say("leaving out whoever was erased")
    found = await find_keyless(data, keyring, plan.registry.records.values())
    check_loss(plan, found)
    async with data.transaction():
        # First, because it is the wraps that tell in which records somebody was.
        await redact_restored(data, keyring, plan.registry, found.wraps)
        await purge(data, found)
        await purge_traces(data, plan.registry.all("tables"), found.rows.get(CONTACT.name, ()))
    return found


def check_loss(plan: Plan, found: Keyless) -> None:
    if found.suspicious and not plan.accept_loss:
        raise RestoreRefused(
            f"{found.count} of {found.total} rows have no key in this keyring: it may be the wrong one. "
            "If that many people were erased, say --accept-loss"
        )
