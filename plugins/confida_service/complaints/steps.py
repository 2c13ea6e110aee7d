"""The steps of a complaint (after ISO 10002), what may follow on what, and what can be offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

STEPS = {
    "received": "Received",
    "acknowledged": "Acknowledged",
    "assessed": "Assessed",
    "offered": "Answered",
    "accepted": "Accepted",
    "refused": "Refused",
    "closed": "Closed",
}
DONE_BY: Mapping[str, str] = {
    "acknowledged": "Acknowledge",
    "assessed": "Assessed",
    "offered": "Answered with an offer",
    "accepted": "They accept",
    "refused": "They refuse",
    "closed": "Close",
}
"""What the button says that goes there."""
NEXT: Mapping[str, tuple[str, ...]] = {
    "received": ("acknowledged", "closed"),
    "acknowledged": ("assessed", "closed"),
    "assessed": ("offered", "closed"),
    "offered": ("accepted", "refused", "closed"),
    "accepted": ("closed",),
    "refused": ("offered", "closed"),
    "closed": ("assessed",),
}
RANKS = {"received": 0, "acknowledged": 1, "assessed": 2, "offered": 3, "accepted": 4, "refused": 4, "closed": 5}
DATES = {
    "acknowledged": "acknowledged_on",
    "assessed": "assessed_on",
    "offered": "answered_on",
    "accepted": "decided_on",
    "refused": "decided_on",
    "closed": "closed_on",
}
"""The column with the day of each step."""
REMEDIES = {
    "apology": "Apology",
    "repair": "Repair",
    "replacement": "Replacement",
    "refund": "Refund",
    "discount": "Discount",
    "none": "None",
}
WITH_AMOUNT = frozenset({"refund", "discount"})
SATISFIED = {"yes": "Yes", "partly": "Partly", "no": "No"}


def moved(row: Mapping[str, Any], step: str, today: date) -> dict[str, Any]:
    """The step with its day. The first answer counts, however often another one follows; what was decided is open again then."""
    columns: dict[str, Any] = {"step": step, "closed_on": None}
    if RANKS[step] < RANKS["accepted"]:
        columns["decided_on"] = None
    if step in DATES and not (step == "offered" and row["answered_on"]):
        columns[DATES[step]] = today
    return columns


def taken_back(row: Mapping[str, Any], step: str, today: date) -> dict[str, Any]:
    """As if what came after this step had not happened."""
    columns: dict[str, Any] = {"step": step}
    for each, column in DATES.items():
        if RANKS[each] > RANKS[step]:
            columns[column] = None
    if step in DATES:
        columns[DATES[step]] = row[DATES[step]] or today
    return columns


def next_due(row: Mapping[str, Any]) -> date | None:
    """By when something is owed: the acknowledgement, then the answer; nothing after that."""
    answer_by: date = row["answer_by"]
    if row["step"] == "received":
        acknowledge_by: date = row["acknowledge_by"]
        return min(acknowledge_by, answer_by)
    open_ = row["step"] in {"acknowledged", "assessed"} and row["answered_on"] is None
    return answer_by if open_ else None


def in_time(done_on: date | None, by: date, today: date) -> bool | None:
    """None as long as there is time."""
    if done_on is None:
        return None if today <= by else False
    return done_on <= by
