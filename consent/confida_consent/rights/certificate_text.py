"""The certificate of an erasure as a person reads it, in English and German. It names no one: it may be shown to anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from confida_consent.rights.content import ErasureNote
from confida_consent.rights.erasure_facts import NOTHING_YET
from confida_consent.rights.erasure_rows import ErasureRow

LONGEST = 19_000

Words = Mapping[str, str]
WORDS: Mapping[str, Words] = {
    "en": {
        "title": "Certificate of erasure",
        "lead": "The personal data that were kept here under the number {contact} have been erased.",
        "erasure": "Erasure",
        "request": "Request",
        "started": "Confirmed",
        "finished": "Completed",
        "keys": "Keys destroyed",
        "epoch": "{classes}; the keys beside them have been changed for the {epoch}th time",
        "went": "What was erased",
        "rows": "{rows} rows and {files} files or other things in all",
        "stays": "What is still kept, why, and until when",
        "nothing": "Nothing but what is named below.",
        "recipients": "Who had got data and is told",
        "none": "nobody",
        "backups": "Backups",
        "backups_text": (
            "No backup holds a key. With the keys destroyed, what older backups hold of these data cannot be opened by anybody, "
            "and restoring one of them leaves it out. Texts that others share may stand in an older backup as they were, "
            "under those persons' keys, until that backup is removed."
        ),
        "behind": "What stays behind",
        "behind_text": (
            "In the ledger: when something was recorded, and hashes that nobody can open here any more. In the read log and the "
            "audit trail: that somebody looked at the number above, and when. If you asked for it: keyed hashes of your "
            "addresses, so that nobody writes to them. Order and time can still be compared."
        ),
    },
    "de": {
        "title": "Bescheinigung der Löschung",
        "lead": "Die personenbezogenen Daten, die hier unter der Nummer {contact} gespeichert waren, sind gelöscht.",
        "erasure": "Löschung",
        "request": "Antrag",
        "started": "Bestätigt",
        "finished": "Abgeschlossen",
        "keys": "Vernichtete Schlüssel",
        "epoch": "{classes}; die Schlüssel daneben wurden zum {epoch}. Mal gewechselt",
        "went": "Was gelöscht wurde",
        "rows": "insgesamt {rows} Zeilen und {files} Dateien oder anderes",
        "stays": "Was noch gespeichert ist, warum und bis wann",
        "nothing": "Nichts außer dem, was unten genannt ist.",
        "recipients": "Wer Daten erhalten hatte und benachrichtigt wird",
        "none": "niemand",
        "backups": "Sicherungen",
        "backups_text": (
            "Keine Sicherung enthält einen Schlüssel. Da die Schlüssel vernichtet sind, kann niemand öffnen, was ältere "
            "Sicherungen von diesen Daten enthalten, und wer eine davon einspielt, bekommt sie nicht zurück. Texte, die andere "
            "mit betreffen, können in einer älteren Sicherung unter deren Schlüsseln stehen, wie sie waren, bis sie entfernt ist."
        ),
        "behind": "Was zurückbleibt",
        "behind_text": (
            "Im Register: wann etwas eingetragen wurde, und Prüfsummen, die hier niemand mehr öffnen kann. Im Leseprotokoll und "
            "in der Ereignisliste: dass jemand die Nummer oben angesehen hat, und wann. Wenn Sie darum gebeten haben: "
            "verschlüsselte Prüfsummen Ihrer Adressen, damit ihnen niemand schreibt. Reihenfolge und Zeit lassen sich vergleichen."
        ),
    },
}
LABELS_DE: Mapping[str, str] = {
    "Contacts": "Kontakte",
    "Change history of contacts": "Änderungsverlauf der Kontakte",
    "Relationships between contacts": "Beziehungen zwischen Kontakten",
    "Interactions and tasks": "Begegnungen und Aufgaben",
    "Messages": "Nachrichten",
    "Data handed to others": "Weitergaben an andere",
    "Files": "Dateien",
    "Consent events": "Nachweise von Einwilligungen",
    "Requests of data subjects": "Anträge betroffener Personen",
    "Rows of imports that need a look": "Fragliche Zeilen von Importen",
    "Links and states": "Verknüpfungen und Zustände",
    NOTHING_YET: "noch sagt keine Regel, bis wann",
}


def certificate_text(row: ErasureRow, note: ErasureNote, finished_at: datetime) -> str:
    """Both languages, one after the other; what the ledger commits to is the hash of exactly this text in UTF-8."""
    return "\n\n".join(part_of(row, note, finished_at, language) for language in WORDS)[:LONGEST]


def part_of(row: ErasureRow, note: ErasureNote, finished_at: datetime, language: str) -> str:
    words = WORDS[language]
    epoch = words["epoch"].format(classes=", ".join(note.classes), epoch=row.epoch or 0)
    lines = [
        words["title"],
        "=" * len(words["title"]),
        "",
        words["lead"].format(contact=row.contact_id),
        "",
        f"{words['erasure']}: {row.id}",
        *([f"{words['request']}: {row.request_id}"] if row.request_id else []),
        f"{words['started']}: {row.started_at:%Y-%m-%d %H:%M} UTC",
        f"{words['finished']}: {finished_at:%Y-%m-%d %H:%M} UTC",
        f"{words['keys']}: {epoch}",
        *section(words["went"], [*note.goes, words["rows"].format(rows=row.rows, files=row.files)], language),
        *section(words["stays"], note.stays or [words["nothing"]], language),
        *section(words["recipients"], note.recipients or [words["none"]], language),
        *section(words["backups"], [words["backups_text"]], language),
        *section(words["behind"], [words["behind_text"]], language),
    ]
    return "\n".join(lines)


def section(title: str, lines: Sequence[str], language: str) -> list[str]:
    return ["", title, "-" * len(title), *(f"- {in_language(line, language)}" for line in lines)]


def in_language(line: str, language: str) -> str:
    """What plugins declare has labels in English; those of our own are known in German too."""
    if language == "de":
        label, colon, rest = line.partition(":")
        for english in sorted(LABELS_DE, key=len, reverse=True):
            if label == english or label.startswith(f"{english} ("):
                label = label.replace(english, LABELS_DE[english], 1)
                break
        line = label + colon + rest.replace(NOTHING_YET, LABELS_DE[NOTHING_YET]).replace(" until ", " bis ")
    return line
