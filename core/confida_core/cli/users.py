"""`confida user`: accounts of the people who work with this installation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from uuid import UUID

    from confida_core.accounts.staff import StaffAccount
    from confida_core.installation import Installation

ROLES = click.Choice(["owner", "administrator", "staff", "readonly", "privacy_officer"])


@click.group()
def user() -> None:
    """Accounts of staff."""


@user.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def list_(program: Program, as_json: bool) -> None:
    """Everybody who has an account."""
    from confida_core.accounts.staff import list_accounts

    access = program.access("user list", "security")
    found = program.run(lambda crm: list_accounts(crm, access))
    if as_json:
        print_json([described(account) for account in found])
        return
    for account in found:
        click.echo(f"{account.id}  {account.role:16}  {account.state:9}  {account.name} <{account.content.email}>")


def described(account: StaffAccount) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.content.email,
        "role": account.role,
        "state": account.state,
        "last_seen_at": account.last_seen_at,
    }


@user.command()
@click.option("--name", required=True, help="How colleagues read it.")
@click.option("--email", required=True, help="Address to sign in with; no mail is sent.")
@click.option("--role", type=ROLES, default="staff", show_default=True)
@pass_program
def create(program: Program, name: str, email: str, role: str) -> None:
    """Make an account and print the one-time link with which the person chooses a password."""

    async def work(crm: Installation) -> str:
        from confida_core.accounts.staff import invite_person

        access = program.access("user create", "security")
        _, secret = await invite_person(crm, access, display_name=name, email=email, role=role)
        return invitation(crm, secret)

    click.echo(program.run(work))


def invitation(crm: Installation, secret: str) -> str:
    from confida_core.accounts.signing_in import address_of

    return f"{address_of(crm)}/invitation/{secret}"


@user.command("setup-link")
@pass_program
def setup_link(program: Program) -> None:
    """Print the one-time link that makes the first owner; prints nothing once there is one."""
    from confida_core.accounts.signing_in import make_setup_link

    link = program.run(make_setup_link)
    if link is not None:
        click.echo(link)


@user.command()
@click.argument("who")
@pass_program
def disable(program: Program, who: str) -> None:
    """Shut an account out at once. WHO: e-mail address or id."""
    from confida_core.accounts.staff import disable_account

    on_account(program, who, lambda crm, found: disable_account(crm, program.access("user disable", "security"), found))


@user.command()
@click.argument("who")
@pass_program
def enable(program: Program, who: str) -> None:
    """Let a disabled account in again. WHO: e-mail address or id."""
    from confida_core.accounts.staff import enable_account

    on_account(program, who, lambda crm, found: enable_account(crm, program.access("user enable", "security"), found))


@user.command()
@click.argument("who")
@click.argument("new_role", type=ROLES)
@pass_program
def role(program: Program, who: str, new_role: str) -> None:
    """Give an account another role; its sessions end. WHO: e-mail address or id."""
    from confida_core.accounts.staff import change_role

    on_account(
        program, who, lambda crm, found: change_role(crm, program.access("user role", "security"), found, new_role)
    )


@user.command()
@click.argument("who")
@pass_program
def reset(program: Program, who: str) -> None:
    """Print a one-time link with which somebody who forgot their password chooses a new one. WHO: address or id."""

    async def work(crm: Installation, found: UUID) -> str:
        from confida_core.accounts.staff import start_reset

        return invitation(crm, await start_reset(crm, program.access("user reset", "security"), found))

    click.echo(on_account(program, who, work))


@user.command("end-sessions")
@click.argument("who")
@pass_program
def end_sessions(program: Program, who: str) -> None:
    """Sign an account out everywhere. WHO: e-mail address or id."""
    from confida_core.accounts.sessions import end_sessions_of

    click.echo(f"{on_account(program, who, end_sessions_of)} sessions ended.")


def on_account(program: Program, who: str, work: Callable[[Installation, UUID], Awaitable[Any]]) -> Any:
    async def inside(crm: Installation) -> Any:
        return await work(crm, await account_id_of(crm, who))

    return program.run(inside)


async def account_id_of(crm: Installation, who: str) -> UUID:
    """Raises NotFound."""
    from uuid import UUID

    from confida_core.accounts.staff import login_mark
    from confida_core.vault.access import NotFound

    try:
        rows = await crm.data.fetch("SELECT id FROM account WHERE id = ?", UUID(who))
    except ValueError:
        rows = await crm.data.fetch("SELECT id FROM account WHERE login_mark = ?", login_mark(crm, who))
    if not rows:
        raise NotFound("there is no such account")
    found: UUID = rows[0]["id"]
    return found
