"""When a form was shown: said by ourselves in the form, so that no cookie is needed to tell a person from a program.

A person needs some seconds; and what was shown a day ago may say something else today. A form that others put into their own
pages carries no stamp, so that what it sends is shown once more, with the texts of today, before it counts.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from confida_core.api import Installation, now

LEAST_SECONDS, MOST_SECONDS = 3, 24 * 3600


def stamp_of(crm: Installation, form_id: UUID, moment: datetime) -> str:
    """What the form shown at this moment carries."""
    seconds = int(moment.timestamp())
    return f"{seconds}-{sign(crm, form_id, seconds)}"


def sign(crm: Installation, form_id: UUID, seconds: int) -> str:
    told = form_id.bytes + seconds.to_bytes(8, "big", signed=True)
    return hmac.new(crm.keyring.hashing_key("marketing form"), told, hashlib.sha256).hexdigest()[:32]


def is_timely(crm: Installation, form_id: UUID, stamp: str) -> bool:
    """Whether it is ours, of this form, and neither too new nor too old."""
    seconds, _, proof = stamp[:80].partition("-")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        return False
    genuine = hmac.compare_digest(proof.encode("utf-8", "surrogatepass"), sign(crm, form_id, int(seconds)).encode())
    return genuine and LEAST_SECONDS <= now().timestamp() - int(seconds) <= MOST_SECONDS
