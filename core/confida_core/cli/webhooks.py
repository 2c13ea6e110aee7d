"""`confida webhooks`: who is told what happens, how deliveries went, and sending them again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.outbound.webhooks.deliveries import Delivered
    from confida_core.outbound.webhooks.endpoints import Endpoint

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group()
def webhooks() -> None:
    """Other systems that are told what happens."""


@webhooks.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def list_(program: Program, as_json: bool) -> None:
    """All of them, without addresses and secrets."""
    from confida_core.outbound.webhooks.endpoints import list_endpoints

    access = program.access("webhooks list")
    found = program.run(lambda crm: list_endpoints(crm, access))
    if as_json:
        print_json([described(one) for one in found])
        return
    for one in found:
        reason = f"  {one.reason}" if one.reason else ""
        click.echo(f"{one.id}  {one.state:8}  {one.name}, {one.recipient}{reason}")


def described(one: Endpoint) -> dict[str, object]:
    names = (
        "id",
        "name",
        "recipient",
        "state",
        "reason",
        "purpose",
        "channel",
        "failures",
        "succeeded_at",
        "failed_at",
    )
    return {name: getattr(one, name) for name in names} | {"kinds": list(one.kinds)}


@webhooks.command()
@click.argument("webhook_id", type=UUID)
@click.option("--state", type=click.Choice(["waiting", "sending", "delivered", "refused", "gone", "dead"]))
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@pass_program
def deliveries(program: Program, webhook_id: UUID, state: str | None, limit: int, as_json: bool) -> None:
    """How its deliveries went, the newest first."""
    from confida_core.outbound.webhooks.content import DeliveryState
    from confida_core.outbound.webhooks.deliveries import list_deliveries

    access, wanted = program.access("webhooks deliveries"), DeliveryState(state) if state else None
    found = program.run(lambda crm: list_deliveries(crm, access, endpoint_id=webhook_id, state=wanted, limit=limit))
    if as_json:
        print_json([told(one) for one in found.entries])
        return
    for one in found.entries:
        answer = one.code or one.reason
        click.echo(f"{one.id}  {one.kind:24}  {one.state:9}  {one.happened_at:%Y-%m-%d %H:%M:%S}Z  {answer}")


def told(one: Delivered) -> dict[str, object]:
    names = (
        "id",
        "message_id",
        "kind",
        "state",
        "attempts",
        "code",
        "reason",
        "left_out",
        "test",
        "happened_at",
        "due_at",
    )
    return {name: getattr(one, name) for name in names}


@webhooks.command()
@click.argument("webhook_id", type=UUID)
@click.option("--since", type=DAY, required=True, help="From when on it happened, in UTC.")
@click.option("--until", type=DAY, help="Before when it happened, in UTC; now if it is left out.")
@click.option("--delivered", is_flag=True, help="What was delivered already, too.")
@pass_program
def replay(program: Program, webhook_id: UUID, since: datetime, until: datetime | None, delivered: bool) -> None:
    """Send dead letters again, under their old ids and with what is true now."""
    from confida_core.clock import now
    from confida_core.outbound.webhooks.content import DeliveryState
    from confida_core.outbound.webhooks.deliveries import replay_range

    access = program.access("webhooks replay")
    states = [DeliveryState.DEAD, *([DeliveryState.DELIVERED] if delivered else [])]
    last = until.replace(tzinfo=UTC) if until else now()
    count = program.run(
        lambda crm: replay_range(crm, access, webhook_id, since=since.replace(tzinfo=UTC), until=last, states=states)
    )
    click.echo(f"Queued: {count}")
