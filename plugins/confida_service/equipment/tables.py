"""The tables of what people bought or had installed, of service contracts, and of what was reminded of."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Equipment(Table, tablename="service_equipment", db=DATA):
    """service_months: how often it is due, 0 for no interval. anchor_on: the day from which the interval is counted, so that the
    end of a month stays one. retired: out of use, and nobody is reminded. deleted_at: since when it is in the trash.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    contract_id = UUID(null=True, default=None, index=True)
    bought_on = Date(null=True, default=None)
    installed_on = Date(null=True, default=None)
    warranty_until = Date(null=True, default=None, index=True)
    next_service_on = Date(null=True, default=None, index=True)
    anchor_on = Date(null=True, default=None)
    service_months = Integer(default=0)
    retired = Boolean(default=False)
    created_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class ServiceVisit(Table, tablename="service_visit", db=DATA):
    """Service that was done. due_on, anchor_on: what the piece of equipment said before, so that it can be taken back."""

    id = UUID(primary_key=True)
    equipment_id = UUID(index=True)
    contact_id = UUID(index=True)
    done_on = Date()
    due_on = Date(null=True, default=None)
    anchor_on = Date(null=True, default=None)
    by_id = UUID()
    at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class ServiceContract(Table, tablename="service_contract", db=DATA):
    """ends_on: None for one without an end. notice_on: the last day on which notice can be given.

    renews_months: by how much it renews itself at its end, 0 for not at all. anchor_on: the end from which that is counted.
    priority: tickets of the contact begin with at least this one while it runs, 0 for no promise.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    notice_on = Date(null=True, default=None, index=True)
    anchor_on = Date(null=True, default=None)
    renews_months = Integer(default=0)
    priority = Integer(default=0)
    created_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class ServiceReminder(Table, tablename="service_reminder", db=DATA):
    """What was reminded of, once for each date. kind: service, warranty or contract. about_id: of the equipment or contract.

    outbound_id: of core's message to the customer, None where none was meant for them. task_id: of the task for colleagues.
    """

    id = UUID(primary_key=True)
    kind = Varchar(length=10)
    about_id = UUID()
    contact_id = UUID(index=True)
    due_on = Date()
    at = Timestamptz()
    outbound_id = UUID(null=True, default=None)
    task_id = UUID(null=True, default=None)


class TicketEquipment(Table, tablename="service_ticket_equipment", db=DATA):
    """Which equipment a ticket is about."""

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    equipment_id = UUID(index=True)
