"""What an organisation sets for its service."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from confida_core.api import Secret

Host = Annotated[
    str,
    Meta(
        max_length=200,
        title="Telephone exchange",
        description="Name or address of an Asterisk whose manager interface tells of calls.",
    ),
]
Port = Annotated[int, Meta(ge=1, le=65_535, title="Its port")]
Encrypted = Annotated[bool, Meta(title="Encrypted (TLS)")]
User = Annotated[str, Meta(max_length=100, title="Its user name")]
Context = Annotated[
    str, Meta(max_length=80, title="Dialplan context", description="In which numbers are dialled for colleagues.")
]
Channel = Annotated[
    str,
    Meta(
        max_length=120,
        title="How a colleague's telephone is called",
        description="{extension} stands for their own extension.",
    ),
]
Missed = Annotated[
    Literal["list", "task", "ticket"],
    Meta(title="A missed call", description="Stands in the list only, becomes a task, or a ticket of whoever called."),
]
Days = Annotated[
    int,
    Meta(
        ge=1,
        le=365,
        title="Days unknown numbers are kept",
        description="Calls of nobody who is known go after so long.",
    ),
]


class ServiceSettings(Struct, frozen=True, kw_only=True):
    """ticket_prefix: stands before the number of a ticket in the subject of a mail, such as T-1042.

    Days are days of the calendar; 0 days of reminding reminds nobody. pbx_*: of the telephone.
    """

    ticket_prefix: str = "T"
    public_help: Annotated[
        bool,
        Meta(
            title="Public help page",
            description="Everybody may read the published articles for customers, without signing in.",
        ),
    ] = False
    portal_reopen_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3_650,
            title="Customers may open a ticket again for",
            description="In days, from when it was solved; after that they write a new one.",
        ),
    ] = 30
    complaint_acknowledge_days: Annotated[
        int, Meta(ge=0, le=365, title="Acknowledge a complaint within", description="In days.")
    ] = 3
    complaint_answer_days: Annotated[
        int, Meta(ge=1, le=730, title="Answer a complaint within", description="In days, from when it came.")
    ] = 30
    complaint_currency: Annotated[
        str, Meta(pattern="^[A-Z]{3}$", title="Currency of refunds", description="Three letters, such as EUR.")
    ] = "EUR"
    service_reminder_days: Annotated[
        int,
        Meta(ge=0, le=365, title="Remind of service", description="So many days before it is due; 0 reminds nobody."),
    ] = 30
    warranty_reminder_days: Annotated[
        int,
        Meta(
            ge=0, le=365, title="Remind of the end of a warranty", description="So many days before; 0 reminds nobody."
        ),
    ] = 30
    contract_reminder_days: Annotated[
        int,
        Meta(
            ge=0,
            le=365,
            title="Remind of contracts",
            description="So many days before notice must be given, or the end; 0 reminds nobody.",
        ),
    ] = 30
    remind_customers: Annotated[
        bool,
        Meta(
            title="Remind customers, too",
            description="By e-mail, unless they objected. Colleagues get a task in any case.",
        ),
    ] = False
    pbx_host: Host = ""
    pbx_port: Port = 5038
    pbx_tls: Encrypted = False
    pbx_user: User = ""
    pbx_secret: Secret = ""
    pbx_context: Context = "from-internal"
    pbx_channel: Channel = "PJSIP/{extension}"
    missed_calls: Missed = "list"
    unknown_days: Days = 30
