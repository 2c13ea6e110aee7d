"""The headers that every answer carries, whoever answers."""

from __future__ import annotations

from collections.abc import Iterable

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; report-to csp"
)
_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera",
    "compute-pressure", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "keyboard-map", "local-fonts", "magnetometer",
    "microphone", "midi", "otp-credentials", "payment", "picture-in-picture", "publickey-credentials-create",
    "publickey-credentials-get", "screen-wake-lock", "serial", "speaker-selection", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip

ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CSP.encode()),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{feature}=()" for feature in _FEATURES).encode()),
    (b"reporting-endpoints", b'csp="/csp-report"'),
    (b"cache-control", b"no-store"),
)
# What a page or file may state differently; everything else of the list above is ours to say.
_MAY_DIFFER = frozenset({b"cache-control", b"content-security-policy", b"cross-origin-resource-policy"})
# On the public side addresses are secrets, and nothing of it belongs into a search engine.
PUBLIC_SIDE: tuple[tuple[bytes, bytes], ...] = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'


def complete(headers: Iterable[tuple[bytes, bytes]], *, public: bool = False) -> list[tuple[bytes, bytes]]:
    """The answer's headers with ours: set where missing, and ours instead of theirs where no difference is allowed.

    public: of the public side (/my/).
    """
    ours = dict(ALWAYS + PUBLIC_SIDE) if public else dict(ALWAYS)
    given = [(name, value) for name, value in headers if name.lower() not in ours or name.lower() in _MAY_DIFFER]
    stated = {name.lower() for name, _ in given}
    return [pair for pair in given if pair[0].lower() != b"server"] + [
        (name, value) for name, value in ours.items() if name not in stated
    ]
