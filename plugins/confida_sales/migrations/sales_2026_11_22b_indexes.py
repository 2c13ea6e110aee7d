"""Indexes over several columns, which the tables cannot declare."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.api import DATA

ID = "2026-11-22T00:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes over several columns."

STATEMENTS = [
    # Columns of the board: the next step first, those without one last; what is over by its day; and the sums above.
    "CREATE INDEX sales_opportunity_open ON sales_opportunity (stage_id, outcome, coalesce(next_on, '9999-12-31'), id)",
    "CREATE INDEX sales_opportunity_over ON sales_opportunity (stage_id, outcome, closed_at, id, currency, value)",
    "CREATE INDEX sales_opportunity_sums ON sales_opportunity (stage_id, outcome, currency, value)",
    "CREATE INDEX sales_opportunity_owned ON sales_opportunity "
    "(owner_id, stage_id, outcome, coalesce(next_on, '9999-12-31'), id)",
    "CREATE INDEX sales_opportunity_owned_sums ON sales_opportunity (owner_id, stage_id, outcome, currency, value)",
    "CREATE INDEX sales_opportunity_mine ON sales_opportunity (owner_id, outcome, coalesce(next_on, '9999-12-31'), id)",
    # Lists in each order that is offered.
    "CREATE INDEX sales_opportunity_by_next ON sales_opportunity (outcome, coalesce(next_on, '9999-12-31'), id)",
    "CREATE INDEX sales_opportunity_by_close ON sales_opportunity (outcome, coalesce(close_on, '9999-12-31'), id)",
    "CREATE INDEX sales_opportunity_by_value ON sales_opportunity (outcome, value, id)",
    "CREATE INDEX sales_opportunity_by_made ON sales_opportunity (outcome, created_at, id)",
    "CREATE INDEX sales_opportunity_by_end ON sales_opportunity (outcome, closed_at, id)",
    "CREATE INDEX sales_stage_change_of ON sales_stage_change (opportunity_id, at, id)",
    # The forecast, and what was won in a period: read whole from the index, without the trash (contact_id).
    "CREATE INDEX sales_opportunity_expected ON sales_opportunity (currency, stage_id, close_on, value, owner_id, contact_id) "
    "WHERE outcome = 'open'",
    "CREATE INDEX sales_opportunity_won ON sales_opportunity (currency, closed_at, value, owner_id, contact_id, id) "
    "WHERE outcome = 'won'",
    "CREATE INDEX sales_payment_by_day ON sales_payment (paid_on, invoice_id, amount)",
    # The inbox of leads, its badge, and the leads of one contact.
    "CREATE INDEX sales_lead_listed ON sales_lead (state, created_at, id)",
    "CREATE INDEX sales_lead_open ON sales_lead (created_at, id) WHERE state IN ('new', 'working')",
    "CREATE INDEX sales_lead_by_age ON sales_lead (created_at, id)",
    "CREATE INDEX sales_lead_waiting ON sales_lead (state, owner_id, contact_id)",
    "CREATE INDEX sales_lead_of ON sales_lead (contact_id, created_at, id)",
    # A period of what is billed again and again has one invoice, whoever runs the job how often.
    "CREATE UNIQUE INDEX sales_invoice_period ON sales_invoice (subscription_id, period_on)",
    "CREATE INDEX sales_invoice_listed ON sales_invoice (issued_on, id)",
    "CREATE INDEX sales_invoice_summed ON sales_invoice (currency, issued_on, kind, gross)",
    # Few of all invoices are open, and lists, ageing and reminders ask for those alone. With anything but a constant on the
    # right of the sign SQLite never uses such an index: it turns the comparison round, and does not know it again.
    "CREATE INDEX sales_invoice_open ON sales_invoice (due_on, id, currency, gross, paid, credited) "
    "WHERE kind = 'invoice' AND gross - paid - credited > 0",
    "CREATE INDEX sales_invoice_owed ON sales_invoice (currency, due_on, gross, paid, credited) "
    "WHERE kind = 'invoice' AND gross - paid - credited > 0",
    "CREATE INDEX sales_invoice_paid ON sales_invoice (issued_on, id) "
    "WHERE kind = 'invoice' AND gross - paid - credited <= 0",
    "CREATE INDEX sales_invoice_got ON sales_invoice (currency, issued_on, gross) "
    "WHERE kind = 'invoice' AND gross - paid - credited <= 0",
    "CREATE INDEX sales_invoice_overpaid ON sales_invoice (issued_on, id) "
    "WHERE kind = 'invoice' AND gross - paid - credited < 0",
    "CREATE INDEX sales_invoice_excess ON sales_invoice (currency, gross, paid, credited) "
    "WHERE kind = 'invoice' AND gross - paid - credited < 0",
    "CREATE INDEX sales_invoice_opportunity ON sales_invoice (opportunity_id) WHERE opportunity_id IS NOT NULL",
    "CREATE INDEX sales_invoice_series ON sales_invoice (series_number, series_year)",
    "CREATE INDEX sales_invoice_remind ON sales_invoice (remind_on, id) WHERE remind_on IS NOT NULL",
    "CREATE INDEX sales_invoice_of ON sales_invoice (contact_id, issued_on, id)",
    "CREATE INDEX sales_subscription_due ON sales_subscription (state, next_on, id)",
    "CREATE INDEX sales_reminder_listed ON sales_reminder (state, id)",
    "CREATE UNIQUE INDEX sales_reminder_once ON sales_reminder (invoice_id, step)",
    "CREATE UNIQUE INDEX sales_reminder_step_once ON sales_reminder_step (days) WHERE removed_at IS NULL",
    "CREATE UNIQUE INDEX sales_series_past_once ON sales_series_past (kind, pattern)",
    # Two revisions of one quote never get one number, and a quote becomes one order, whoever clicks how often.
    "CREATE UNIQUE INDEX sales_offer_once ON sales_offer (kind, number, revision) WHERE number <> ''",
    "CREATE UNIQUE INDEX sales_offer_ordered ON sales_offer (from_id) WHERE kind = 'order' AND state <> 'cancelled'",
    "CREATE INDEX sales_offer_listed ON sales_offer (kind, created_at, id)",
    "CREATE INDEX sales_offer_by_state ON sales_offer (kind, state, created_at, id)",
    "CREATE INDEX sales_offer_of ON sales_offer (contact_id, created_at, id)",
    # What somebody has, and who is worth most: read whole from the index.
    "CREATE INDEX sales_invoice_line_owned ON sales_invoice_line (contact_id, product_id, quantity)",
    "CREATE INDEX sales_invoice_bought ON sales_invoice (contact_id, currency, kind, issued_on, credited, gross, net)",
    "CREATE INDEX sales_customer_value_worth ON sales_customer_value (currency, expected, spent, id)",
    "CREATE INDEX sales_customer_value_standing ON sales_customer_value (currency, standing, spent, id)",
    # Sums of reports, read from the index alone.
    "CREATE INDEX sales_invoice_revenue ON sales_invoice (issued_on, currency, kind, net, owner_id)",
    "CREATE INDEX sales_invoice_line_sold ON sales_invoice_line (currency, product_id, issued_on, net)",
    "CREATE INDEX sales_stage_change_reached ON sales_stage_change (opportunity_id, to_stage_id)",
    "CREATE INDEX sales_opportunity_begun ON sales_opportunity (pipeline_id, created_at, outcome, owner_id, id)",
    "CREATE INDEX sales_opportunity_ended ON sales_opportunity (pipeline_id, closed_at, outcome, owner_id, lost_reason, created_at)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="sales", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await DATA.database.fetch(statement)

    manager.add_raw(run)
    return manager
