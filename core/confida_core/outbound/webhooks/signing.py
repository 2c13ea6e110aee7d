"""Signatures of Standard Webhooks: v1 is HMAC-SHA-256 with a shared secret, v1a Ed25519 with a key of our own.

Both are over `<id>.<timestamp>.<body>`. Several signatures may stand beside each other, so that secrets can be changed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SECRET, SIGNING_KEY, PUBLIC_KEY = "whsec_", "whsk_", "whpk_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)
MOST_SIGNATURES = 10


class BadSignature(ValueError):
    """The message is not from who it says, or too old; says no more than that."""


class BadSecret(ValueError):
    """This is no secret or key of Standard Webhooks; does not repeat it."""


def new_secret() -> str:
    """A shared secret of 256 random bits, as it is shown to the other side."""
    return SECRET + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def new_signing_key() -> str:
    """A private key; it never leaves the installation."""
    return SIGNING_KEY + base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_key_of(signing_key: str) -> str:
    """What the other side needs to verify v1a; nothing secret. Raises BadSecret."""
    private = Ed25519PrivateKey.from_private_bytes(_decoded(signing_key, SIGNING_KEY))
    return PUBLIC_KEY + base64.b64encode(private.public_key().public_bytes_raw()).decode()


def _decoded(text: str, prefix: str) -> bytes:
    try:
        raw = base64.b64decode(text.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("not base64") from None
    if not 24 <= len(raw) <= 64:
        raise BadSecret("24 to 64 bytes are needed")
    return raw


def signed_content(message_id: str, timestamp: int, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode() + body


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>`. timestamp: whole seconds since 1970. Raises BadSecret."""
    made = hmac.digest(_decoded(secret, SECRET), signed_content(message_id, timestamp, body), hashlib.sha256)
    return f"v1,{base64.b64encode(made).decode()}"


def sign_with_key(signing_key: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1a,<base64>`. Raises BadSecret."""
    private = Ed25519PrivateKey.from_private_bytes(_decoded(signing_key, SIGNING_KEY))
    made = private.sign(signed_content(message_id, timestamp, body))
    return f"v1a,{base64.b64encode(made).decode()}"


def verify(keys: Iterable[str], headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    """The id of a message that one of these secrets (whsec_) or public keys (whpk_) signed within five minutes of `at`.

    headers: names in lower case. Raises BadSignature for everything else; takes as long for a wrong secret as for a right one.
    """
    message_id, timestamp = headers.get("webhook-id", ""), _timestamp(headers, at)
    if not message_id:
        raise BadSignature("no id")
    given = [one.partition(",") for one in headers.get("webhook-signature", "").split()][:MOST_SIGNATURES]
    found = False
    for key in keys:
        for version, _, value in given:
            found |= _fits(key, version, value, signed_content(message_id, timestamp, body))
    if not found:
        raise BadSignature("no signature fits")
    return message_id


def _timestamp(headers: Mapping[str, str], at: datetime) -> int:
    text = headers.get("webhook-timestamp", "")
    # A sign, a space or a digit of another script would make two texts of one number.
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise BadSignature("no time")
    if abs(int(text) - at.timestamp()) > TOLERANCE.total_seconds():
        raise BadSignature("too old or too new")
    return int(text)


def _fits(key: str, version: str, value: str, content: bytes) -> bool:
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    if version == "v1" and key.startswith(SECRET):
        return hmac.compare_digest(hmac.digest(_decoded(key, SECRET), content, hashlib.sha256), given)
    if version == "v1a" and key.startswith(PUBLIC_KEY):
        try:
            Ed25519PublicKey.from_public_bytes(_decoded(key, PUBLIC_KEY)).verify(given, content)
        except (InvalidSignature, ValueError):
            return False
        return True
    return False
