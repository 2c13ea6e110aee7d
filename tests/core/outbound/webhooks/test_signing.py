"""Signatures as Standard Webhooks defines them, checked against its published example and against another implementation."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from confida_core.outbound.webhooks.signing import (
    BadSecret,
    BadSignature,
    new_secret,
    new_signing_key,
    public_key_of,
    sign,
    sign_with_key,
    verify,
)

# The example that the reference libraries of Standard Webhooks test themselves with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
AT = datetime.fromtimestamp(TIMESTAMP, UTC)


def headers(signature: str = SIGNATURE, **more: str) -> dict[str, str]:
    given = {"webhook-id": ID, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": signature}
    return given | {name.replace("_", "-"): value for name, value in more.items()}


def test_published_example_is_signed_and_verified() -> None:
    assert sign(SECRET, ID, TIMESTAMP, BODY) == SIGNATURE
    assert verify([SECRET], headers(), BODY, AT) == ID


def test_signature_is_an_hmac_of_id_time_and_body() -> None:
    secret = new_secret()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, b"i.1.b", hashlib.sha256).digest()).decode()
    assert (len(key), sign(secret, "i", 1, b"b")) == (32, f"v1,{expected}")


def test_own_key_signs_with_ed25519() -> None:
    key = new_signing_key()
    made = sign_with_key(key, ID, TIMESTAMP, BODY)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key_of(key).removeprefix("whpk_")))
    public.verify(base64.b64decode(made.removeprefix("v1a,")), f"{ID}.{TIMESTAMP}.".encode() + BODY)
    assert verify([public_key_of(key)], headers(made), BODY, AT) == ID


def test_one_of_several_signatures_and_secrets_is_enough() -> None:
    several = f"v1,{'A' * 43}= v2,new {SIGNATURE} v1a,nonsense"
    assert verify([new_secret(), SECRET], headers(several), BODY, AT) == ID


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_allowed(seconds: int) -> None:
    assert verify([SECRET], headers(), BODY, AT + timedelta(seconds=seconds)) == ID


@pytest.mark.parametrize(
    ("given", "body", "at"),
    [
        (headers(), BODY + b" ", AT),
        (headers(), BODY, AT + timedelta(seconds=301)),
        (headers(), BODY, AT - timedelta(seconds=301)),
        (headers(webhook_id="msg_other"), BODY, AT),
        (headers(webhook_id=""), BODY, AT),
        (headers(webhook_timestamp=str(TIMESTAMP + 1)), BODY, AT),
        (headers(webhook_timestamp=f"+{TIMESTAMP}"), BODY, AT),
        (headers(webhook_timestamp="1٦14265330"), BODY, AT),
        (headers(webhook_timestamp="9" * 400), BODY, AT),
        (headers(""), BODY, AT),
        (headers("v1,"), BODY, AT),
        (headers(SIGNATURE.replace("v1,", "v1a,")), BODY, AT),
        (headers(" ".join([f"v1,{'A' * 43}="] * 10 + [SIGNATURE])), BODY, AT),
        ({}, BODY, AT),
    ],
)
def test_anything_else_is_refused(given: dict[str, str], body: bytes, at: datetime) -> None:
    with pytest.raises(BadSignature):
        verify([SECRET], given, body, at)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_####", "whsec_" + base64.b64encode(b"x" * 23).decode()])
def test_weak_secret_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(BadSecret) as raised:
        sign(secret, ID, TIMESTAMP, BODY)
    assert secret == "" or secret not in str(raised.value)
