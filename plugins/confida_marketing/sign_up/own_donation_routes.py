"""What somebody gave, on their own pages: all of it, and a year of it for printing."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_consent.api import read_controller
from confida_core.api import display_names, summed_amounts
from confida_marketing.sign_up.donations import own_donations
from confida_marketing.sign_up.public_pages import OwnDonation, OwnDonationsPage
from confida_web.api import PortalItem, access_for, mark, show_portal, whole_number

OWN = "/my/x/marketing/donations"
PURPOSE = "data_subject_rights"


@get(OWN, person=True)
async def show_own(request: Request[Any, Any, Any]) -> Response[Any]:
    """year: a statement of that one. Only ever of the person who is signed in."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    year = whole_number(request.query_params.get("year", ""), 0, lowest=1950, highest=2200)
    everything = await own_donations(crm, access)
    found = [one for one in everything if not year or one.row["on_day"].year == year]
    controller = await read_controller(crm)
    names = await display_names(crm, access, [access.actor.id])
    rows = tuple(
        OwnDonation(
            on_day=one.row["on_day"], amount=one.row["amount"], currency=one.row["currency"],
            source=one.content.source, recurring=one.row["recurring"],
        )
        for one in found
    )  # fmt: skip
    sums = summed_amounts((one.amount, one.currency) for one in rows)
    shown = OwnDonationsPage(
        base=OWN,
        rows=rows,
        years=tuple(sorted({one.row["on_day"].year for one in everything}, reverse=True)),
        sums=tuple((total, currency) for currency, total in sorted(sums.items())),
        year=year,
        name=names.get(access.actor.id, ""),
        house=tuple(
            filter(
                None, (controller.name, controller.street, f"{controller.postal_code} {controller.locality}".strip())
            )
        ),
    )
    return show_portal(request, shown)


PORTAL_ROUTES = (show_own,)
PORTAL_ITEMS = (
    PortalItem(
        key="marketing.donations", label=mark("Your donations"), labels={"de": "Ihre Spenden"}, href=OWN, icon="payment",
        order=60,
    ),
)  # fmt: skip
