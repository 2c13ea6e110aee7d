"""Where a page of a list ended. Sealed, because a cursor holds a name and stands in addresses and so in logs."""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

_MAX_LENGTH = 4_000


class InvalidCursor(ValueError):
    """A cursor that this installation did not make, or made for another list."""


class Place(Struct, frozen=True, array_like=True):
    """A contact in a sorted list. order: which list. value, id: of the contact. backward: the page ends before it."""

    order: str
    value: str | int
    id: bytes
    backward: bool


class CursorBox:
    """Seals and opens cursors under a key derived from the index key, which all machines share."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"confida index cursor").derive(key)
        self._cipher = AESSIV(derived)
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Place)

    def seal(self, place: Place) -> str:
        """URL-safe text; the same place gives the same text."""
        sealed = self._cipher.encrypt(self._encoder.encode(place), None)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, cursor: str) -> Place:
        """Raises InvalidCursor for any text that `seal` of the same key did not return."""
        try:
            if len(cursor) > _MAX_LENGTH:
                raise InvalidCursor("the cursor is too long")
            sealed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
            return self._decoder.decode(self._cipher.decrypt(sealed, None))
        except (ValueError, binascii.Error, InvalidTag, msgspec.DecodeError):
            raise InvalidCursor("the cursor was not made here") from None
