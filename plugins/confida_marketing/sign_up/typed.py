"""What somebody typed into a public form, checked: bounded, printable, of the right kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from confida_core.api import ContactContent, EmailAddress, InvalidContent, validate_content
from confida_marketing.sign_up.fields import Asked
from confida_web.api import Errors, FormData, mark

MISSING: Final = mark("Please fill this in.")
TOO_LONG: Final = mark("This is too long.")
NO_ADDRESS: Final = mark("This is no e-mail address; write it like name@example.org.")
NO_NUMBER: Final = mark("Please write a number.")
NO_DAY: Final = mark("Please write a day.")
NO_CHOICE: Final = mark("Please choose one of these.")
NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?")


def read_answers(form: FormData, asked: Sequence[Asked]) -> tuple[dict[str, str], Errors]:
    """Values by key, as they may be kept, and what is wrong by the name of its box."""
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for one in asked:
        text = printable(form.get(one.name), lines=one.type == "area")
        values[one.key] = text[: one.longest]
        if wrong := fault_of(one, text):
            errors[one.name] = wrong
        elif one.type == "number" and text:
            values[one.key] = text.replace(",", ".")
    return values, errors


def printable(text: str, *, lines: bool) -> str:
    """Without what no keyboard writes."""
    kept = text.replace("\r\n", "\n")
    return "".join(each for each in kept if each.isprintable() or (lines and each in "\n\t")).strip()


def fault_of(one: Asked, text: str) -> str:
    """A sentence, "" where it is all right."""
    if not text:
        return MISSING if one.required else ""
    if len(text) > one.longest:
        return TOO_LONG
    sound = {"email": is_address, "number": is_number, "date": is_day}
    said = {"email": NO_ADDRESS, "number": NO_NUMBER, "date": NO_DAY}
    if one.type in sound and not sound[one.type](text):
        return said[one.type]
    if one.type == "choice" and text not in one.choices:
        return NO_CHOICE
    return NO_CHOICE if one.type == "tick" and text != "yes" else ""


def is_address(text: str) -> bool:
    try:
        validate_content(ContactContent(display_name="Somebody", emails=[EmailAddress(address=text)]))
    except InvalidContent:
        return False
    return True


def is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def is_day(text: str) -> bool:
    try:
        return 1800 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False
