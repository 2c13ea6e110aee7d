"""The plain text that begins every package: what is in it, and how to check it without us."""

from __future__ import annotations

from collections.abc import Mapping

from confida_consent.rights.checklist import Facts
from confida_consent.rights.package_words import Voice

TEXTS: Mapping[str, str] = {
    "en": """\
Your data with {name}
Reference {reference}

Open index.html first: the summary. It works without a network and runs no program.

    answer.html      everything that must be told about your data, in twenty sections
    data/            every entry, to read (.html) and for programs (.json)
    files/           the files that are kept about you
    receipts/        a receipt for each of your decisions
    portability/     what you gave us yourself, to take elsewhere (JSON with schema, CSV, vCard 4.0)
    manifest.json    every file of this package with its SHA-256

How to check that this answer is genuine and whole
---------------------------------------------------
You need neither us nor the network, but Python 3.9 or newer with the package "cryptography". In this folder:

    python verify.py answer .

If one byte of a file had been changed, or a file were missing, it would say REFUSED. The key in verifier.key should be one
that you have from elsewhere too, such as our website or an earlier receipt: compare it.
The check shows that we signed this answer and entered it in our ledger. It cannot show that an entry in it is true.

This package holds personal data in the clear. Keep it where nobody else can read it.
""",
    "de": """\
Ihre Daten bei {name}
Zeichen {reference}

Öffnen Sie zuerst index.html: die Übersicht. Sie kommt ohne Netz aus und führt kein Programm aus.

    answer.html      alles, was wir Ihnen über Ihre Daten sagen müssen, in zwanzig Abschnitten
    data/            jeder Eintrag, zum Lesen (.html) und für Programme (.json)
    files/           die Dateien, die über Sie aufbewahrt werden
    receipts/        ein Beleg für jede Ihrer Entscheidungen
    portability/     was Sie uns selbst gegeben haben, zum Mitnehmen (JSON mit Schema, CSV, vCard 4.0)
    manifest.json    jede Datei dieses Pakets mit ihrem SHA-256

So prüfen Sie, ob diese Antwort echt und vollständig ist
--------------------------------------------------------
Sie brauchen weder uns noch das Netz, nur Python ab 3.9 mit dem Paket "cryptography". In diesem Ordner:

    python verify.py answer .

Wäre ein Byte einer Datei verändert oder fehlte eine Datei, stünde dort REFUSED. Den Schlüssel in verifier.key sollten Sie
auch aus anderer Quelle haben, etwa von unserer Webseite oder aus einem früheren Beleg: Vergleichen Sie ihn.
Die Prüfung zeigt, dass wir diese Antwort unterschrieben und in unser Register eingetragen haben. Ob ein Eintrag darin wahr
ist, zeigt sie nicht.

Dieses Paket enthält offene personenbezogene Daten. Bewahren Sie es so auf, dass niemand sonst sie lesen kann.
""",
}


def readme(facts: Facts, voice: Voice) -> str:
    return TEXTS[voice.main].format(name=facts.controller.name, reference=facts.reference)
