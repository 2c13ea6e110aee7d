"""DKIM: what leaves is signed in the name of our domain, so that whoever gets it can tell that it is ours (RFC 6376, 8463).

The signature is put together here, and made by the library that makes all others of this program. The known library for DKIM
computes RSA in Python, which takes twenty times as long and as long as the key's bits say; our tests verify with it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from confida_core.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Whatever says who wrote it, what it is, and how to stop it. Those of the second row are signed once more than they are there,
# so that nobody can add another one on the way.
SIGNED = (
    b"from", b"to", b"subject", b"date", b"reply-to", b"message-id", b"in-reply-to", b"references", b"mime-version",
    b"content-type", b"content-transfer-encoding", b"auto-submitted", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
SEALED = (b"from", b"to", b"subject", b"date", b"reply-to", b"content-type")
SMALLEST_RSA = 2048
LONGEST_PIECE = 72

_SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z", re.IGNORECASE)
_SPACES = re.compile(rb"[ \t]+")
_FOLDED = re.compile(rb"\r\n(?=[ \t])")


class UnusableKey(Exception):
    """No message can be signed; the text says why, and holds nothing of the key."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs in the name of a domain. selector: under which of the domain's keys receivers find the public half."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        return "rsa" if hasattr(self.key, "key_size") else "ed25519"

    def signed(self, message: bytes, moment: datetime) -> bytes:
        """The message, lines ended by CRLF, with its signature in front."""
        head, _, body = message.partition(b"\r\n\r\n")
        headers = [(line.partition(b":")[0].lower(), line) for line in _FOLDED.sub(b"", head).split(b"\r\n")]
        names = chosen([name for name, _ in headers])
        digest = base64.b64encode(hashlib.sha256(plain_body(body)).digest())
        unsigned = (
            f"DKIM-Signature: v=1; a={self.algorithm}-sha256; c=relaxed/relaxed; t={int(moment.timestamp())};\r\n"
            f" d={self.domain}; s={self.selector};\r\n bh={digest.decode()};\r\n h={_folded(b':'.join(names), b':')};\r\n b="
        ).encode()
        lines = [plain_header(line) for line in picked(headers, names)]
        lines.append(plain_header(_FOLDED.sub(b"", unsigned)))
        signature = base64.b64encode(self._sign(b"\r\n".join(lines)))
        pieces = [signature[start : start + LONGEST_PIECE] for start in range(0, len(signature), LONGEST_PIECE)]
        return unsigned + b"\r\n ".join(pieces) + b"\r\n" + message

    def _sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

        if isinstance(self.key, RSAPrivateKey):
            from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
            from cryptography.hazmat.primitives.hashes import SHA256

            return self.key.sign(data, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(data).digest())

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What to publish as a TXT record of that name."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        if self.algorithm == "rsa":
            public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k={self.algorithm}; p={base64.b64encode(public).decode()}"


def chosen(names: Sequence[bytes]) -> list[bytes]:
    """Which headers are signed, once for each time they are there, and some once more."""
    return [name for name in SIGNED for _ in range(names.count(name) + (name in SEALED))]


def picked(headers: Sequence[tuple[bytes, bytes]], names: Sequence[bytes]) -> list[bytes]:
    """The lines that these names mean: each name the lowest one of its kind that is left, or nothing."""
    left = list(headers)
    found = []
    for name in names:
        for place in range(len(left) - 1, -1, -1):
            if left[place][0] == name:
                found.append(left.pop(place)[1])
                break
    return found


def plain_header(line: bytes) -> bytes:
    """In the relaxed form, without the end of the line."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + _SPACES.sub(b" ", value).strip()


def plain_body(body: bytes) -> bytes:
    """In the relaxed form: spaces drawn together, none at ends of lines, no empty lines at the end."""
    lines = [_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _folded(text: bytes, at: bytes) -> str:
    """On several lines where one would be too long, broken after `at`."""
    lines, line = [], b""
    for piece in text.split(at):
        if len(line) + len(piece) > LONGEST_PIECE:
            lines.append(line)
            line = b""
        line += piece + at
    return b"\r\n  ".join([*lines, line[: -len(at)]]).decode()


def signer_of(settings: Settings) -> Signer | None:
    """Who signs, by the settings; None if nobody is to. Raises UnusableKey."""
    if not settings.dkim_selector and not settings.dkim_key_file:
        return None
    if not settings.dkim_selector or not settings.dkim_key_file:
        raise UnusableKey("dkim_selector and dkim_key_file belong together")
    domain = settings.dkim_domain or sender_domain(settings)
    if not _SELECTOR.match(settings.dkim_selector) or not _SELECTOR.match(domain):
        raise UnusableKey("dkim_selector and dkim_domain are names of letters, digits and hyphens")
    path = Path(settings.dkim_key_file)
    try:
        return Signer(domain, settings.dkim_selector, key_in(path, path.stat().st_mtime_ns))
    except OSError:
        raise UnusableKey("the file of the key cannot be read") from None


def sender_domain(settings: Settings) -> str:
    from confida_core.outbound.mime import sender_of

    sender = sender_of(settings.mail_from)
    return sender.domain if sender else ""


@lru_cache(maxsize=4)
def key_in(path: Path, _: int) -> RSAPrivateKey | Ed25519PrivateKey:
    """The key of a PEM file, read anew whenever the file changes. Raises UnusableKey and OSError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey("the file holds no private key in PEM form without a passphrase") from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if not isinstance(key, RSAPrivateKey):
        raise UnusableKey("the key is neither RSA nor Ed25519")
    if key.key_size < SMALLEST_RSA:
        raise UnusableKey(f"an RSA key of less than {SMALLEST_RSA} bits is not believed by receivers")
    return key


def write_new_key(path: Path, *, ed25519: bool = False) -> None:
    """A new private key, for its owner's eyes only. Raises FileExistsError: mail in flight is verified with the old one."""
    import os

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate() if ed25519 else generate_private_key(65537, SMALLEST_RSA)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
