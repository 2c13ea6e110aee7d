"""Queued and finished jobs that name somebody who is erased."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from confida_core.installation import Installation


async def forget_in_jobs(crm: Installation, subject_id: UUID) -> int:
    """Take a person's id out of every job that is not running; how many jobs it was in. In the caller's transaction.

    A job about this person alone goes; one about several goes on about the others.
    """
    name = str(subject_id)
    rows = await crm.data.fetch(
        "SELECT id, arguments, state FROM job WHERE state <> 'running' AND arguments LIKE ?", f"%{name}%"
    )
    for row in rows:
        arguments = without(json.loads(row["arguments"]), name)
        if arguments is None or row["state"] in {"done", "dead"}:
            await crm.data.fetch("DELETE FROM job WHERE id = ?", row["id"])
        else:
            await crm.data.fetch("UPDATE job SET arguments = ? WHERE id = ?", json.dumps(arguments), row["id"])
    return len(rows)


def without(arguments: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The arguments without this id in any list; None if the job is about it alone."""
    kept: dict[str, Any] = {}
    for key, value in arguments.items():
        left = [item for item in value if item != name] if isinstance(value, list) else value
        if left == name or (isinstance(value, list) and value and not left):
            return None
        kept[key] = left
    return kept
