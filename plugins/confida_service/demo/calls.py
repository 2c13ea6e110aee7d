"""Who called the invented shop of late: people who are known, one who is not, and one who hides the number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from confida_core.api import Installation, now
from confida_service.demo.cast import Cast
from confida_service.telephone.content import CALL
from confida_service.telephone.hearing import Heard, hashed, hear

SOURCE, EXTENSION = "demo", "21"
# Of a range that is reserved for fiction, and given to none of the invented people.
UNKNOWN = "+447700900961"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """ago: minutes since it rang. talked: for how many seconds, 0 if nobody took it. number: None for that of somebody known."""

    ago: int
    talked: int = 0
    direction: str = "in"
    number: str | None = None
    seen_to: bool = False


RINGS = (
    Ring(ago=26), Ring(ago=95, talked=214), Ring(ago=170, number=UNKNOWN), Ring(ago=330, talked=68, direction="out"),
    Ring(ago=1_440, talked=410), Ring(ago=1_530, number=""), Ring(ago=1_600, seen_to=True), Ring(ago=3_000, talked=122),
    Ring(ago=4_400, talked=35, number=UNKNOWN), Ring(ago=7_300, talked=601, direction="out"), Ring(ago=12_900, talked=95),
)  # fmt: skip


async def ring(crm: Installation, cast: Cast) -> None:
    """Told as an exchange would, then put at their times."""
    numbers = [one.content.phones[0].number for one in cast.people if one.content.phones]
    for place, one in enumerate(RINGS):
        number = one.number if one.number is not None else cast.chance.choice(numbers or [UNKNOWN])
        told = Heard(
            source=SOURCE, call_id=str(place), direction=one.direction, state="ringing", number=number,
            extensions=(EXTENSION,),
        )  # fmt: skip
        for state in ("ringing", "answered", "ended") if one.talked else ("ringing", "ended"):
            call_id = await hear(crm, replace(told, state=state))
        await put_back(crm, call_id, one, cast.chance.choice(cast.owners))


async def put_back(crm: Installation, call_id: UUID, one: Ring, owner: UUID | None) -> None:
    begun = now() - timedelta(minutes=one.ago)
    taken = begun + timedelta(seconds=9)
    columns = {
        "started_at": begun, "answered_at": taken if one.talked else None,
        "ended_at": taken + timedelta(seconds=one.talked or 15), "agent_id": owner if one.talked else None,
        "handled_at": begun + timedelta(minutes=40) if one.seen_to else None,
    }  # fmt: skip
    sets = ", ".join(f"{name} = ?" for name in columns)
    await crm.data.fetch(f"UPDATE service_call SET {sets} WHERE id = ?", *columns.values(), call_id)


async def hang_up(crm: Installation) -> None:
    """Calls that became nobody's: those of people went with them."""
    hashes = [hashed(crm, "id", f"{SOURCE}\x00{place}") for place in range(len(RINGS))]
    marks = ", ".join("?" * len(hashes))
    for row in await crm.data.fetch(f"SELECT id FROM service_call WHERE call_hash IN ({marks})", *hashes):
        await crm.records.delete(CALL, row["id"], ())
