"""What every e-mail says at its end, in the language of whoever gets it."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "preferences": "Choose what you get",
        "unsubscribe": "Unsubscribe",
        "consent": "You get this e-mail because you agreed to it: “{purpose}”.",
        "legitimate_interest": "You get this e-mail because we have a legitimate interest: “{purpose}”. You may object at any time.",
        "public_task": "You get this e-mail because it is part of our public task: “{purpose}”. You may object at any time.",
        "contract": "You get this e-mail because it is part of what was agreed with you: “{purpose}”.",
        "legal_obligation": "You get this e-mail because the law obliges us to it: “{purpose}”.",
        "vital_interest": "You get this e-mail because somebody's life or health may depend on it: “{purpose}”.",
        "trial": "This is a trial. Whoever gets the e-mail reads here why.",
    },
    "de": {
        "preferences": "Auswählen, was Sie bekommen",
        "unsubscribe": "Abmelden",
        "consent": "Sie bekommen diese E-Mail, weil Sie zugestimmt haben: „{purpose}“.",
        "legitimate_interest": "Sie bekommen diese E-Mail, weil wir ein berechtigtes Interesse haben: „{purpose}“. Sie können widersprechen.",
        "public_task": "Sie bekommen diese E-Mail, weil sie Teil unserer öffentlichen Aufgabe ist: „{purpose}“. Sie können widersprechen.",
        "contract": "Sie bekommen diese E-Mail, weil sie zu dem gehört, was mit Ihnen vereinbart ist: „{purpose}“.",
        "legal_obligation": "Sie bekommen diese E-Mail, weil das Gesetz uns dazu verpflichtet: „{purpose}“.",
        "vital_interest": "Sie bekommen diese E-Mail, weil Leben oder Gesundheit davon abhängen können: „{purpose}“.",
        "trial": "Dies ist ein Probeversand. Hier liest, wer die E-Mail bekommt, warum.",
    },
}

# Added to why they get it: what becomes known of clicks.
COUNTED: Mapping[str, str] = {
    "en": "Links in it are counted without you: how often all together open them, never who.",
    "de": "Links darin werden ohne Sie gezählt: wie oft alle zusammen sie öffnen, nie wer.",
}
MEASURED: Mapping[str, str] = {
    "en": "You agreed that we see which of its links you open; you can withdraw that at any time.",
    "de": "Sie haben zugestimmt, dass wir sehen, welche Links darin Sie öffnen; Sie können das jederzeit widerrufen.",
}


def footer_language(tag: str) -> str:
    """The language of WORDS for a BCP 47 tag: its main one, or English."""
    main = tag.split("-", maxsplit=1)[0].lower()
    return main if main in WORDS else "en"


def why(basis: str, purpose: str, language: str) -> str:
    """One sentence. basis: lawful basis of the purpose; purpose: its title in that language."""
    words = WORDS[footer_language(language)]
    return words.get(basis, words["contract"]).format(purpose=purpose) if purpose else words["trial"]
