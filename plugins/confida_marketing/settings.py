"""What an organisation sets for its marketing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from confida_core.api import Secret

Hour = Annotated[int, Meta(ge=0, le=23)]


class MarketingSettings(Struct, frozen=True, kw_only=True):
    """most_a_week: messages that one person gets in seven days, of all campaigns and journeys together.

    quiet_from, quiet_until: the hours of the person's own day between which nothing leaves; the same twice for none.
    count_clicks, measure_people: see `results.clicks`. effect_days: how long a message counts as the cause of what follows.
    qualified_at: points from which somebody is handed over to sales, 0 for never.
    sms_url, sms_token, sms_body: the gateway for text messages, see `campaigns.sms_gateway`. sms_provider: whose it is.
    """

    most_a_week: Annotated[
        int,
        Meta(
            ge=1, le=100, title="Messages a week", description="One person gets no more in seven days, of everything."
        ),
    ] = 3
    quiet_from: Annotated[
        Hour, Meta(title="Quiet from", description="From this hour of each person's own day nothing leaves.")
    ] = 21
    quiet_until: Annotated[
        Hour, Meta(title="Quiet until", description="Until this hour; the same as before for no quiet hours.")
    ] = 8
    count_clicks: Annotated[
        bool,
        Meta(
            title="Count clicks on links",
            description="In total for each link of a mailing, without who clicked. There are no tracking pixels.",
        ),
    ] = True
    measure_people: Annotated[
        bool,
        Meta(
            title="Keep who opens which link",
            description="Only of people who agreed to it (marketing.measuring); everybody else is counted in total.",
        ),
    ] = False
    effect_days: Annotated[
        int,
        Meta(
            ge=1,
            le=365,
            title="Days of effect",
            description="For so many days after a message, answers, withdrawals and payments count as its results.",
        ),
    ] = 30
    qualified_at: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            title="Hand over to sales from",
            description="Points of a score; 0 hands nobody over by points.",
        ),
    ] = 0
    sms_url: Annotated[
        str,
        Meta(
            max_length=2_000, title="Gateway for text messages", description="An https address; empty: none are sent."
        ),
    ] = ""
    sms_token: Annotated[
        Secret,
        Meta(title="Token of the gateway", description="Sent as Authorization: Bearer, or where {token} stands."),
    ] = ""
    sms_body: Annotated[
        str,
        Meta(
            max_length=2_000,
            title="What the gateway is sent",
            description="JSON with {to}, {text}, {id} and {token} in its strings.",
        ),
    ] = '{"to": "{to}", "text": "{text}"}'
    sms_provider: Annotated[
        str,
        Meta(
            max_length=200, title="Provider of text messages", description="Its name, for the register of disclosures."
        ),
    ] = ""
