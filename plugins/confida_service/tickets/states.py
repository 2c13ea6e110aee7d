"""The states of a ticket, and what may follow on what."""

from __future__ import annotations

STATES = {
    "new": "New",
    "open": "Open",
    "pending": "Waiting for the customer",
    "on_hold": "On hold",
    "solved": "Solved",
    "closed": "Closed",
}
# Merged tickets show where they went, and stay so; nobody chooses this state.
MERGED = "merged"
KINDS = {
    "question": "Question",
    "fault": "Fault",
    "complaint": "Complaint",
    "order": "Order",
    "access": "Access problem",
}
PRIORITIES = {1: "Low", 2: "Normal", 3: "High", 4: "Urgent"}
CHANNELS = {
    "email": "E-mail",
    "web": "Portal",
    "phone": "Phone",
    "chat": "Chat",
    "post": "Letter",
    "staff": "Written by us",
}
DONE = frozenset({"solved", "closed", MERGED})
# While somebody else has to act, the clock of the service level stands still.
PAUSED = frozenset({"pending", "on_hold"})
NEXT: dict[str, frozenset[str]] = {
    "new": frozenset({"open", "pending", "on_hold", "solved", "closed"}),
    "open": frozenset({"pending", "on_hold", "solved", "closed"}),
    "pending": frozenset({"open", "on_hold", "solved", "closed"}),
    "on_hold": frozenset({"open", "pending", "solved", "closed"}),
    "solved": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
    MERGED: frozenset(),
}


def may_follow(before: str, after: str) -> bool:
    return after in NEXT[before]


def after_answer_of_customer(state: str) -> str:
    """A customer who writes opens the ticket again, however long it was closed."""
    return state if state in {"new", MERGED} else "open"


def after_answer_of_ours(state: str) -> str:
    """Whoever answers waits for the customer, unless they say otherwise."""
    return state if state in {"solved", "closed", MERGED} else "pending"
