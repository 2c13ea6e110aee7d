"""What reminders say, in the customer's language."""

from __future__ import annotations

from datetime import date
from typing import Any

LONGEST_NAME = 120
TASKS = {"service": "Service is due: {name}", "warranty": "Warranty ends: {name}", "contract": "Contract: {name}"}
MAILS = {
    "en": {
        "service": ("Service is due", "Your {name} is due for service on {day}.\n\nPlease tell us when it suits you."),
        "warranty": (
            "Your warranty ends",
            "The warranty of your {name} ends on {day}.\n\nIf something is wrong with it, please tell us before that day.",
        ),
        "contract": (
            "Your contract ends",
            "Your contract “{name}” ends on {day}.\n\nPlease tell us how you want to go on.",
        ),
        "contract-notice": (
            "Your contract: until when you can give notice",
            "If you want to end your contract “{name}”, please give notice by {day}.",
        ),
    },
    "de": {
        "service": (
            "Wartung fällig",
            "Für Ihr Gerät „{name}“ ist am {day} eine Wartung fällig.\n\nBitte sagen Sie uns, wann es Ihnen passt.",
        ),
        "warranty": (
            "Ihre Garantie endet",
            "Die Garantie für „{name}“ endet am {day}.\n\nWenn etwas daran nicht stimmt, melden Sie sich bitte vorher.",
        ),
        "contract": (
            "Ihr Vertrag endet",
            "Ihr Vertrag „{name}“ endet am {day}.\n\nBitte sagen Sie uns, wie es weitergehen soll.",
        ),
        "contract-notice": (
            "Ihr Vertrag: Kündigungsfrist",
            "Wenn Sie Ihren Vertrag „{name}“ beenden möchten, kündigen Sie bitte bis zum {day}.",
        ),
    },
}


def name_of(content: Any) -> str:
    """With the number by which both sides know it."""
    name = getattr(content, "product", "") or content.name
    number = getattr(content, "serial", "") or getattr(content, "number", "")
    return f"{name} ({number})" if number else str(name)


def task_subject(kind: str, content: Any) -> str:
    return TASKS[kind].format(name=name_of(content)[:LONGEST_NAME])


def mail_text(kind: str, content: Any, day: date, language: str) -> tuple[str, str]:
    """(subject, text); nothing about what somebody has stands in the subject, which travels and is shown anywhere."""
    # Takes a while, and only who reminds somebody needs it.
    from babel.dates import format_date

    spoken = "de" if language.lower().startswith("de") else "en"
    subject, text = MAILS[spoken][kind]
    written = format_date(day, "long", locale="de" if spoken == "de" else "en_GB")
    return subject, text.format(name=name_of(content), day=written)
