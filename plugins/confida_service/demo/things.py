"""What the invented customers have from the invented shop, with its service and two contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from confida_core.api import Access, Installation
from confida_service.demo.cast import Cast
from confida_service.equipment.contracts import ContractDraft, add_contract
from confida_service.equipment.equipment import EquipmentDraft, add_equipment, today_of, visible_equipment
from confida_service.equipment.visits import VisitDraft, service_done


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """age: days since it was installed. warranty: in days from then. visits: how many days ago service was done."""

    product: str
    age: int
    warranty: int = 730
    months: int = 0
    place: str = ""
    visits: tuple[int, ...] = ()
    retired: bool = False


# The contract of the first one covers the first three, that of the second one the fourth and fifth.
OWNED = (
    (
        Thing(product="Watering system, 6 circuits", age=400, months=12, place="Terrace", visits=(45,)),
        Thing(product="Solar pump for rain barrels", age=400, place="By the barrel"),
        Thing(product="Greenhouse, 8 m²", age=820, warranty=1_825, months=24, visits=(90,)),
    ),
    (
        Thing(product="Watering system, 4 circuits", age=350, months=12, place="Courtyard"),
        Thing(product="Wood chipper", age=700, months=6, visits=(380, 196), place="Tool shed"),
    ),
    (Thing(product="Lawn robot", age=150, months=12, place="Meadow behind the house"),),
    (Thing(product="Water butt with pump", age=715),),
    (Thing(product="Lawn robot", age=1_120, warranty=730, retired=True),),
    (Thing(product="Chain saw", age=372, months=12),),
    (Thing(product="Raised bed with lid", age=60, warranty=1_095),),
    (Thing(product="Shredder, lent out in spring", age=500, months=12, visits=(140,)),),
    (Thing(product="Drip line for 20 m of hedge", age=20),),
)  # fmt: skip
CONTRACTS = ("Care of the watering, all year", "Workshop at home")
PROMISED = 3


async def hand_over(crm: Installation, access: Access, cast: Cast) -> None:
    owners = cast.chance.sample(list(cast.people), min(len(OWNED), len(cast.people)))
    for place, (who, things) in enumerate(zip(owners, OWNED, strict=False)):
        contact_id = who.row["id"]
        pieces = [await hand_over_one(crm, access, contact_id, thing) for thing in things]
        if place < len(CONTRACTS):
            await sign(crm, access, contact_id, place, pieces)


async def hand_over_one(crm: Installation, access: Access, contact_id: UUID, thing: Thing) -> UUID:
    today = today_of(crm)
    installed = today - timedelta(days=thing.age)
    draft = EquipmentDraft(
        product=thing.product, serial=f"DEMO-{thing.age:04}", place=thing.place, bought_on=installed - timedelta(days=9),
        installed_on=installed, warranty_until=installed + timedelta(days=thing.warranty),
        service_months=thing.months, retired=thing.retired,
    )  # fmt: skip
    made = await add_equipment(crm, access, contact_id, draft)
    for ago in thing.visits:
        seen = (await visible_equipment(crm, access, made)).row["version"]
        visit = VisitDraft(
            done_on=today - timedelta(days=ago),
            note="Cleaned, tightened, tried.",
            next_on=today - timedelta(days=ago) + timedelta(days=30 * thing.months),
        )
        await service_done(crm, access, made, visit, seen=seen)
    return made


async def sign(crm: Installation, access: Access, contact_id: UUID, place: int, pieces: list[UUID]) -> None:
    """The first one can be ended within weeks, and the second one promises an urgent answer."""
    today = today_of(crm)
    ends = today + timedelta(days=(75, 290)[place])
    draft = ContractDraft(
        name=CONTRACTS[place], number=f"DEMO-C{place + 1}", starts_on=ends - timedelta(days=365), ends_on=ends,
        notice_on=ends - timedelta(days=60), renews_months=12, priority=PROMISED if place else 0,
    )  # fmt: skip
    await add_contract(crm, access, contact_id, draft, pieces)
