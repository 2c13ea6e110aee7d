"""`confida export`, and how a command writes a file with personal data."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from confida_core.cli.program import Program, pass_program

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access


def operator(program: Program, command: str) -> Access:
    """Whoever holds the keys may do everything, but sees no restricted people, and is in the read log."""
    from confida_core.vault.access import SYSTEM_ID, Access, Actor

    actor = Actor(id=SYSTEM_ID, permissions=frozenset(program.registry.permissions))
    return Access(actor=actor, purpose="import_export", where=f"confida {command}")


@click.command()
@click.option("--format", "kind", default="vcard", show_default=True, help="vcard, csv, or one of a plugin.")
@click.option("--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Readable by you alone.")
@click.option("--search", default="", help="Only contacts that these word beginnings find.")
@click.option("--condition", default="", help="Only contacts of this condition (JSON), as a saved view has it.")
@click.option("--archived", is_flag=True, help="Archived contacts too.")
@click.option("--reason", default="", help="What it is for; kept with the export.")
@click.option("--recipient", default="", help="Who gets the file, if it is handed to somebody else.")
@click.option("--purpose", default="", help="What they get it for; only people who allow that are in the file.")
@click.option("--channel", default="", help="In which way they will use it, such as post or phone.")
@pass_program
def export(program: Program, /, *, kind: str, output: Path, **chosen: Any) -> None:
    """Export contacts as vCard 4.0 or CSV. Restricted people and the trash are left out."""
    archived, reason, search, condition = (chosen[name] for name in ("archived", "reason", "search", "condition"))
    handed = tuple(chosen[name] for name in ("recipient", "purpose", "channel"))
    if any(handed) and not all(handed):
        raise click.UsageError("a file for somebody else needs --recipient, --purpose and --channel")

    async def work(crm: Installation) -> dict[str, Any]:
        from confida_core.exchange.exports import ExportOrder, start_export
        from confida_core.exchange.handover import HandedOver, check_handed

        if kind not in crm.registry.exporters:
            raise click.UsageError(f"the formats are {', '.join(sorted(crm.registry.exporters))}")
        access = operator(program, "export")
        other = HandedOver(recipient=handed[0], purpose=handed[1], channel=handed[2]) if all(handed) else None
        try:
            check_handed(other)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        ids = await selected(crm, access, search, condition, archived=archived) if search or condition else None
        order = ExportOrder(
            format=kind,
            ids=ids,
            archived=archived,
            reason=reason,
            handed=other,
        )
        await write_private(output, await start_export(crm, access, order))
        rows = await crm.data.fetch("SELECT contact_count, left_out_count FROM export_run ORDER BY id DESC LIMIT 1")
        return rows[0]

    with program.console.status("exporting"):
        done = program.run(work)
    click.echo(f"{done['contact_count']} contacts in {output}", err=True)
    if all(handed):
        click.echo(f"{done['left_out_count']} left out, because they may not be in it", err=True)


async def selected(crm: Installation, access: Access, search: str, condition: str, *, archived: bool) -> list[UUID]:
    """Ids of the contacts of a search. Raises click.UsageError for a condition that is none."""
    from confida_core.contacts.custom_fields import custom_fields
    from confida_core.contacts.indexing import index_fields
    from confida_core.contacts.lists import select_ids
    from confida_core.index.conditions import EVERYTHING, InvalidCondition, by_key
    from confida_core.index.plan import Scope
    from confida_core.index.reading import read_condition

    definitions = await custom_fields(crm)
    try:
        asked = read_condition(condition, by_key(index_fields(crm, definitions))) if condition else EVERYTHING
    except InvalidCondition as error:
        raise click.UsageError(f"the condition is not valid: {error}") from None
    scope = Scope(condition=asked, text=search, archived=None if archived else False)
    return await select_ids(crm, access, scope, definitions=definitions, limit=10_000_000)


async def write_private(path: Path, pieces: AsyncIterator[bytes]) -> None:
    """The whole file or none, readable by its owner alone; an existing file is replaced at the end."""
    import secrets

    from confida_core.storage.files import sync_folder

    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            async for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
