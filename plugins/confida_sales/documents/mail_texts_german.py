"""German words of mails with papers."""

from __future__ import annotations

from collections.abc import Mapping

GERMAN: Mapping[str, tuple[str, str]] = {
    "quote": (
        "Unser Angebot {number}",
        "Guten Tag {name},\n\nhier ist das gewünschte Angebot {number} über {amount}.\n\n{link}\n\nFreundliche Grüße\n{organisation}",
    ),
    "order": (
        "Ihr Auftrag {number}",
        "Guten Tag {name},\n\nvielen Dank für Ihren Auftrag {number} über {amount}. Sie finden ihn im Anhang.\n\n{link}\n\n"
        "Freundliche Grüße\n{organisation}",
    ),
    "invoice": (
        "Rechnung {number}",
        "Guten Tag {name},\n\nhier ist unsere Rechnung {number} über {amount}, zahlbar bis zum {due}.\n\n{link}\n\n"
        "Freundliche Grüße\n{organisation}",
    ),
    "credit_note": (
        "Rechnungskorrektur {number}",
        "Guten Tag {name},\n\nhier ist unsere Rechnungskorrektur {number} über {amount}.\n\n{link}\n\nFreundliche Grüße\n{organisation}",
    ),
    "reminder": (
        "Zahlung der Rechnung {number}",
        "Guten Tag {name},\n\nvielleicht ist es Ihnen entgangen: Unsere Rechnung {number} ist noch nicht vollständig bezahlt; "
        "{amount} sind noch offen.\n\n{link}\n\nFreundliche Grüße\n{organisation}",
    ),
    "statement": (
        "Ihr Kontoauszug",
        "Guten Tag {name},\n\nhier ist der Auszug Ihres Kontos bei uns.\n\n{link}\n\nFreundliche Grüße\n{organisation}",
    ),
}
