"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_consent.api import ConsentPurpose, Wording
from confida_core.api import JobDeclaration, TableDeclaration
from confida_service.equipment import (
    contract_routes,
    elsewhere,
    import_routes,
    interface,
    list_routes,
    routes,
)
from confida_service.equipment.content import CONTRACT, EQUIPMENT, VISIT
from confida_service.equipment.reminders import remind
from confida_service.equipment.tables import ServiceReminder, TicketEquipment
from confida_service.equipment.trash import purge_trash
from confida_web.api import Command, ContactPanel, SearchSource

TABLE_MODULES = ("confida_service.equipment.tables",)
TABLES = (
    TableDeclaration(
        table=ServiceReminder,
        subject="contact_id",
        subject_free="Ids, days and a key; rows go with their contact.",
        clear={"kind": "one of three words"},
    ),
    TableDeclaration(
        table=TicketEquipment,
        subject="contact_id",
        subject_free="Ids of a ticket and of what it is about; rows go with their contact.",
    ),
)
RECORDS = (EQUIPMENT, VISIT, CONTRACT)
SIX_HOURS = 6 * 3_600
JOBS = (
    # Four times a day, so that a day on which the program stood still for a while is no day without reminders.
    JobDeclaration(
        key="service.remind",
        run=remind,
        label="Reminders of service, warranties and contracts",
        attempts=1,
        every=SIX_HOURS,
    ),
    JobDeclaration(
        key="service.purge_equipment",
        run=purge_trash,
        label="Trash of equipment and contracts",
        attempts=1,
        every=86_400,
    ),
)
CONSENT_PURPOSES = (
    ConsentPurpose(
        key="service.reminders",
        version=1,
        texts={
            "en": Wording(
                title="Reminders about what you have from us",
                description="We remind you when service is due, a warranty ends or notice can be given. You can object.",
            ),
            "de": Wording(
                title="Erinnerungen zu dem, was Sie von uns haben",
                description=(
                    "Wir erinnern Sie, wenn eine Wartung fällig ist, eine Garantie endet oder eine Kündigungsfrist abläuft. "
                    "Sie können widersprechen."
                ),
                retention="Bis Sie widersprechen oder das Gerät oder den Vertrag nicht mehr haben.",
                balancing_note=(
                    "Wer ein Gerät oder einen Vertrag hat, verliert ohne Erinnerung leicht Ansprüche oder Fristen. "
                    "Die Nachricht wirbt für nichts, kommt einmal je Termin, und ein Widerspruch beendet sie."
                ),
            ),
        },
        basis="legitimate_interest",
        balancing_note=(
            "Whoever has a device or a contract easily loses claims or misses dates without a reminder. The message advertises "
            "nothing, comes once for each date, and an objection ends it."
        ),
        channels=("email",),
        category="service",
        retention="Until you object, or no longer have the device or the contract.",
    ),
)
ROUTES = (*import_routes.ROUTES, *list_routes.ROUTES, *routes.ROUTES, *contract_routes.ROUTES)
API_RESOURCES = interface.RESOURCES
INDEX_FIELDS = elsewhere.INDEX_FIELDS
TIMELINE_SOURCES = elsewhere.TIMELINE_SOURCES
CONTACT_PANELS = (
    ContactPanel(
        key="service.equipment",
        title="Equipment and contracts",
        template="service/equipment/panel.html",
        permission="service.read",
        data=elsewhere.panel_data,
        order=62,
    ),
)
SEARCH_SOURCES = (
    SearchSource(key="service.equipment", label="Equipment", permission="service.read", find=elsewhere.find, order=62),
)
COMMANDS = (
    Command(
        key="service.equipment",
        label="Equipment",
        permission="service.read",
        href=list_routes.EQUIPMENT,
        keywords=("devices", "warranty", "serial number"),
        icon="product",
    ),
    Command(
        key="service.contracts",
        label="Service contracts",
        permission="service.read",
        href=list_routes.CONTRACTS,
        keywords=("notice", "renewal"),
        icon="shield",
    ),
)
