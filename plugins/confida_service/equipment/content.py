"""What is sealed of equipment, of its service and of service contracts."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed, ShortText
from confida_service.equipment.tables import Equipment, ServiceContract, ServiceVisit

FROM_US = "Written by somebody who works for us, when you bought it or had it installed or looked after."


class EquipmentFile(Sealed, frozen=True):
    """A file about it, such as a manual or a protocol."""

    id: UUID
    name: ShortText = ""
    media_type: ShortText = ""
    size: int = 0


class EquipmentContent(Sealed, frozen=True):
    """product: never empty. serial: the number by which the maker knows it. place: where it stands."""

    product: LineText = ""
    serial: ShortText = ""
    place: LineText = ""
    notes: LongText = ""
    files: tuple[EquipmentFile, ...] = ()


class VisitContent(Sealed, frozen=True):
    """note: what was done and found."""

    note: LongText = ""


class ContractContent(Sealed, frozen=True):
    """name: what was agreed, never empty. number: by which both sides know it."""

    name: LineText = ""
    number: ShortText = ""
    notes: LongText = ""


EQUIPMENT = RecordDeclaration(
    table=Equipment,
    content=EquipmentContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Equipment",
    answer=InAnswer(category="What you have from us", source=FROM_US),
)
VISIT = RecordDeclaration(
    table=ServiceVisit,
    content=VisitContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Service done",
    answer=InAnswer(category="What you have from us", source=FROM_US),
)
CONTRACT = RecordDeclaration(
    table=ServiceContract,
    content=ContractContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Service contracts",
    answer=InAnswer(category="What you have from us", source=FROM_US),
)
