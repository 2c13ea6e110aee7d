"""What is switched off because it failed five times in a row, and how it comes back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from confida_core.accounts.stored_settings import read_stored, store
from confida_core.clock import now
from confida_core.loaded_plugin import LoadedPlugin

if TYPE_CHECKING:
    from confida_core.installation import Installation

MOST_FAILURES = 5
# After so long one visitor tries it again; the others go on seeing the notice meanwhile.
RETRY_SECONDS = 300.0
# How soon a process notices that an administrator switched something on in another one.
LOOK_SECONDS = 10.0
_STORED = "fault "
_LONGEST_KEY = 80


@dataclass(frozen=True, slots=True)
class Origin:
    """What of a plugin runs: `hook` is the one that declared it, `key` its key there."""

    plugin: LoadedPlugin
    hook: str
    key: str

    def __str__(self) -> str:
        return f"{self.hook} {self.key}"

    @property
    def stored(self) -> str:
        return f"{_STORED}{self}"[:_LONGEST_KEY]


class SwitchedOff(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is switched off. Nothing personal: names of ours and of the plugin, the kind of error, and where.

    plugin: its key. at: since when, ISO 8601. kind: type of the last error. where: place in the code, "" if it took too long.
    """

    hook: str
    key: str
    plugin: str
    version: str
    at: str
    kind: str
    where: str = ""

    @property
    def id(self) -> str:
        """What `switch_on` takes."""
        return f"{self.hook} {self.key}"


@dataclass(slots=True)
class Breaker:
    """Of one place, in this process. failures: in a row. off_at, looked_at: of the monotonic clock."""

    failures: int = 0
    off_at: float | None = None
    looked_at: float = 0.0

    def trip(self) -> None:
        self.off_at = self.looked_at = time.monotonic()

    def close(self) -> bool:
        """True if it was off."""
        was_off, self.failures, self.off_at = self.off_at is not None, 0, None
        return was_off


class Breakers:
    """Those of this process. What is off is stored too, for the list of plugins, for doctor, and for after a restart."""

    def __init__(self) -> None:
        self._of: dict[str, Breaker] = {}

    async def remember(self, crm: Installation) -> None:
        """At the start of a server: what was off is tried by the first visitor, and off again if it still fails."""
        for one in await switched_off(crm):
            versions = {plugin.info.key: plugin.version for plugin in crm.registry.plugins}
            if versions.get(one.plugin) != one.version:
                # The plugin was taken out, or it was mended.
                await store(crm, f"{_STORED}{one.id}"[:_LONGEST_KEY], None)
                continue
            breaker = self._of[one.id] = Breaker(failures=MOST_FAILURES)
            breaker.off_at = time.monotonic() - RETRY_SECONDS

    def is_off(self, origin: Origin) -> bool:
        # Nearly always nothing has failed yet, and a page asks this for each of its parts.
        breaker = self._of.get(str(origin)) if self._of else None
        return breaker is not None and breaker.off_at is not None

    async def admits(self, crm: Installation, origin: Origin) -> bool:
        """Whether it may run now: it is on, an administrator has just switched it on, or it is time to try it again."""
        breaker = self._of.get(str(origin))
        if breaker is None or breaker.off_at is None:
            return True
        moment = time.monotonic()
        if moment - breaker.looked_at >= LOOK_SECONDS:
            breaker.looked_at = moment
            if await read_stored(crm, origin.stored) is None:
                breaker.close()
                return True
        if moment - breaker.off_at >= RETRY_SECONDS:
            # The others wait another turn for what this trial brings.
            breaker.off_at = moment
            return True
        return False

    def succeeded(self, origin: Origin) -> bool:
        """True if it had been off, so that what is stored must go."""
        breaker = self._of.get(str(origin)) if self._of else None
        return breaker is not None and breaker.close()

    def failed(self, origin: Origin) -> bool:
        """True if it is off from now on, or still is after a trial."""
        breaker = self._of.setdefault(str(origin), Breaker())
        breaker.failures += 1
        if breaker.failures < MOST_FAILURES:
            return False
        breaker.trip()
        return True

    async def switch_on(self, crm: Installation, which: str) -> bool:
        """which: `SwitchedOff.id`. Other processes follow within ten seconds. False if there is none."""
        known = {one.id for one in await switched_off(crm)}
        if breaker := self._of.get(which):
            breaker.close()
        await store(crm, f"{_STORED}{which}"[:_LONGEST_KEY], None)
        return which in known


async def keep(crm: Installation, origin: Origin, kind: str, where: str) -> None:
    """Store that it is off. Each text is cut, so that the whole fits."""
    off = SwitchedOff(
        hook=origin.hook[:40], key=origin.key[:60], plugin=origin.plugin.info.key[:40],
        version=origin.plugin.version[:20], at=now().isoformat(timespec="seconds"), kind=kind[:60], where=where[:80],
    )  # fmt: skip
    await store(crm, origin.stored, msgspec.json.encode(off).decode())


async def forget(crm: Installation, origin: Origin) -> None:
    await store(crm, origin.stored, None)


async def switched_off(crm: Installation) -> list[SwitchedOff]:
    """What is off in any process of this installation, by hook and key."""
    rows = await crm.data.fetch("SELECT value FROM setting WHERE key LIKE ? ORDER BY key", f"{_STORED}%")
    return [msgspec.json.decode(row["value"], type=SwitchedOff) for row in rows]


def by_plugin(found: list[SwitchedOff]) -> Mapping[str, list[SwitchedOff]]:
    """Plugin's key -> what of it is off."""
    grouped: dict[str, list[SwitchedOff]] = {}
    for one in found:
        grouped.setdefault(one.plugin, []).append(one)
    return grouped
