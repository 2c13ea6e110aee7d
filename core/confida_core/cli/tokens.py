"""`confida tokens`: what lets programs in. Tokens are made on the pages, by whoever they act for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.accounts.api_tokens import TokenLine
    from confida_core.installation import Installation


@click.group()
def tokens() -> None:
    """Tokens with which programs use the API."""


@tokens.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def list_(program: Program, as_json: bool) -> None:
    """Everybody's tokens; nothing that lets anybody in."""

    async def work(crm: Installation) -> list[dict[str, Any]]:
        from confida_core.accounts.api_tokens import all_tokens
        from confida_core.accounts.staff import account_names

        lines = await all_tokens(crm, program.access("tokens list", "security"))
        names = await account_names(crm, [line.account_id for line in lines])
        return [described(line, names.get(line.account_id, "")) for line in lines]

    found = program.run(work)
    if as_json:
        print_json(found)
        return
    for one in found:
        used = one["last_used_on"] or "never used"
        click.echo(f"{one['id']}  {one['owner']}: {one['label']}  until {one['expires_at']:%Y-%m-%d}  {used}")


def described(line: TokenLine, owner: str) -> dict[str, Any]:
    return {
        "id": line.id,
        "label": line.label,
        "owner": owner,
        "purpose": line.purpose,
        "scopes": list(line.scopes),
        "created_at": line.created_at,
        "expires_at": line.expires_at,
        "last_used_on": line.last_used_on,
    }


@tokens.command()
@click.argument("token_id", type=click.UUID)
@pass_program
def revoke(program: Program, token_id: UUID) -> None:
    """Refuse a token from now on, for good. TOKEN_ID: as `confida tokens list` shows it."""
    from confida_core.accounts.api_tokens import revoke_token

    program.run(lambda crm: revoke_token(crm, program.access("tokens revoke", "security"), token_id))
