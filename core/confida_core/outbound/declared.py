"""What the sending door declares."""

from __future__ import annotations

from confida_core.accounts.roles import EVERYBODY, WORKERS
from confida_core.declarations import (
    PermissionDeclaration,
    TimelineSource,
)
from confida_core.jobs.declarations import JobDeclaration
from confida_core.outbound.content import DISCLOSURE, OUTBOUND
from confida_core.outbound.declarations import Transport
from confida_core.outbound.leaving import ATTEMPTS, JOB_SECONDS, deliver, tend
from confida_core.outbound.mail import Relay, connections_of, not_ready, relay_of
from confida_core.outbound.many import deliver_many
from confida_core.outbound.queueing import DELIVER, DELIVER_MANY
from confida_core.outbound.timeline import message_items

RECORDS = (OUTBOUND, DISCLOSURE)

PERMISSIONS = (
    PermissionDeclaration(key="outbound.read", label="See what was sent, and what was refused", roles=EVERYBODY),
    PermissionDeclaration(key="outbound.send", label="Send messages, again if one failed", roles=WORKERS),
)

RELAY = Relay()

TRANSPORTS = (
    Transport(
        path="email",
        label="E-mail",
        channels=("email",),
        deliver=RELAY.deliver,
        session=RELAY.session,
        at_once=connections_of,
        recipient=relay_of,
        not_ready=not_ready,
        fields=("E-mail address", "Message"),
    ),
)

TIMELINE_SOURCES = (TimelineSource(key="core.messages", label="Messages", entries=message_items),)

JOBS = (
    JobDeclaration(key=DELIVER, run=deliver, label="Send a message", attempts=ATTEMPTS, seconds=JOB_SECONDS),
    JobDeclaration(
        key=DELIVER_MANY,
        run=deliver_many,
        label="Send what many people get",
        attempts=ATTEMPTS,
        seconds=JOB_SECONDS,
        background=True,
    ),
    JobDeclaration(key="outbound.tend", run=tend, label="Look after messages that lie still", every=1800),
)
