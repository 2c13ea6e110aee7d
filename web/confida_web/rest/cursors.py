"""Where a page of a list ended that is read from the data itself. Sealed, because it may hold what stands in a record."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from confida_core.index.cursors import InvalidCursor
from confida_core.installation import Installation


def seal_place(crm: Installation, resource: str, place: list[Any]) -> str:
    """URL-safe text for a place in the list of this resource. place: plain values (str, int, bool, None, UUID, datetime)."""
    sealed = cipher_of(crm).encrypt(msgspec.msgpack.encode(place), [resource.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_place(crm: Installation, resource: str, cursor: str, shape: Any = list[Any]) -> Any:
    """What `seal_place` was given, as this type (`tuple[datetime, UUID]`). Raises InvalidCursor for anything else."""
    try:
        sealed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
        return msgspec.msgpack.decode(cipher_of(crm).decrypt(sealed, [resource.encode()]), type=shape)
    except (ValueError, binascii.Error, InvalidTag, msgspec.DecodeError):
        raise InvalidCursor("the cursor was not made here") from None


def cipher_of(crm: Installation) -> AESSIV:
    return AESSIV(crm.keyring.hashing_key("api cursors"))
