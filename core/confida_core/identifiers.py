"""What a person can be reached at, in one spelling per channel, so that a suppressed address is known however it is written."""

from __future__ import annotations

import re
import unicodedata

from confida_core.contacts.channels import normal_email, normal_phone

_PHONE_CHANNELS = frozenset({"phone", "sms"})
_SEPARATORS = re.compile(r"[\W_]+")
_NOT_A_DIGIT = re.compile(r"\D")
_E164 = re.compile(r"\+\d{7,15}")
_NUMBER_LIKE = re.compile(r"[+\d][\d\s()./-]{5,}")


def normalised(channel: str, identifier: str, region: str = "", *, stored: bool = False) -> str:
    """The spelling to compare by; never shown, and not meant to be used for sending.

    E-mail: NFC and lower case, though a local part may differ by case in theory. Phone and SMS: the digits of E.164, without
    an extension. Messenger: a number like a phone's, else a name, folded. Post and everything else: letters and digits, folded.
    region: ISO 3166-1 alpha-2 country of numbers written without a country code. stored: the text is from a contact,
    where it was brought into form before; asking the library of numbers again would cost fifty times as much.
    Source: privacy.md RT-6.
    """
    if stored and channel == "email" and identifier.isascii():
        return identifier.strip().lower()
    text = unicodedata.normalize("NFC", identifier).strip()
    if channel == "email":
        return unicodedata.normalize("NFC", (normal_email(text) or text).lower())
    if channel in _PHONE_CHANNELS or (channel == "messenger" and _NUMBER_LIKE.fullmatch(text)):
        return text[1:] if stored and _E164.fullmatch(text) else _phone(text, region)
    if channel == "messenger":
        return unicodedata.normalize("NFC", text.casefold()).removeprefix("@")
    return _SEPARATORS.sub("", unicodedata.normalize("NFKD", text).casefold())


def _phone(text: str, region: str) -> str:
    number = normal_phone(text, region).partition(";ext=")[0]
    digits = _NOT_A_DIGIT.sub("", number)
    # What is not understood is compared as it was typed; "0049" and "+49" are the same way to begin.
    return digits.removeprefix("00") if digits else number.casefold()
