"""In whose care a contact is: what the form offers, and what it posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.accounts.staff import account_names, active_accounts
from confida_core.contacts.teams import teams
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_web.display import Option
from confida_web.forms import FormData
from confida_web.multipart import BadBody

NOBODY = Option(value="", label="Nobody in particular")
NO_TEAM = Option(value="", label="No team")


@dataclass(frozen=True, slots=True)
class Care:
    owner_id: UUID | None = None
    team_id: UUID | None = None


def care_of(row: Row) -> Care:
    return Care(owner_id=row["owner_id"], team_id=row["team_id"])


async def owner_options(crm: Installation, chosen: UUID | None) -> tuple[Option, ...]:
    """Active accounts, and whoever has the contact now, lest saving the form take it away from them unasked."""
    names = {account.id: account.name for account in await active_accounts(crm)}
    if chosen and chosen not in names:
        names |= {chosen: "Somebody whose account is gone", **await account_names(crm, [chosen])}
    return options_of(NOBODY, names, chosen)


async def team_options(crm: Installation, chosen: UUID | None) -> tuple[Option, ...]:
    """None at all where there are no teams."""
    names = {team.id: team.name for team in await teams(crm)}
    return options_of(NO_TEAM, names, chosen) if names else ()


def options_of(nobody: Option, names: dict[UUID, str], chosen: UUID | None) -> tuple[Option, ...]:
    return (nobody, *(Option(value=str(one), label=name, chosen=one == chosen) for one, name in names.items()))


async def read_care(request: Request[Any, Any, Any], form: FormData, before: Care) -> Care:
    """Fields that the form does not hold stay as they were. Raises BadBody for what could not be chosen."""
    crm = request.state.crm
    owner_id, team_id = before.owner_id, before.team_id
    if "owner" in form:
        owner_id = chosen_id(form.get("owner"), await owner_options(crm, owner_id), "There is no such account.")
    if "team" in form:
        team_id = chosen_id(form.get("team"), await team_options(crm, team_id), "There is no such team.")
    return Care(owner_id, team_id)


def chosen_id(value: str, options: tuple[Option, ...], refusal: str) -> UUID | None:
    if not value:
        return None
    if value not in {option.value for option in options}:
        raise BadBody(422, refusal)
    return UUID(value)
