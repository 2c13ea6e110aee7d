"""The words of our letters about requests in German, and what a letter is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """subject, text: templates with the names of `_values`; a line whose only value is empty is left out."""

    subject: str
    text: tuple[str, ...]


GERMAN: Mapping[str, Words] = {
    "acknowledgement": Words(
        "Ihr Anliegen {reference} ist bei uns",
        (
            "Am {received} ist Ihr Anliegen eingegangen: {asked}. Es hat die Nummer {reference}.",
            "Wir antworten unverzüglich, spätestens bis zum {due}.",
            "{proof}",
            "So steht es darum:\n{link}",
            "Wenn das nicht von Ihnen kam, müssen Sie nichts tun; ohne Nachweis, wer fragt, geben wir nichts heraus.",
        ),
    ),
    "code": Words(
        "Ihr Code zum Anliegen {reference}",
        (
            "Jemand, wahrscheinlich Sie, will nachweisen, dass das Anliegen {reference} an {organisation} von ihm ist.",
            "Ihr Code: {code}",
            "Tippen Sie ihn auf der Seite ein, von der Sie kommen. Er gilt zehn Minuten und für drei Versuche.",
            "Wenn Sie das nicht waren, müssen Sie nichts tun. Bitte geben Sie den Code nicht weiter.",
        ),
    ),
    "post_code": Words(
        "Ihr Code zum Anliegen {reference}",
        (
            "Jemand, wahrscheinlich Sie, hat uns am {received} um Folgendes gebeten: {asked}. Nummer: {reference}.",
            "Ihr Code: {code}",
            "Nennen Sie uns diesen Code am Telefon oder im Brief, damit wir wissen, dass Sie es waren. Er gilt dreißig "
            "Tage und für drei Versuche.",
            "Wenn Sie das nicht waren, sagen Sie es uns bitte; ohne diesen Code geben wir nichts heraus.",
        ),
    ),
    "identity": Words(
        "Wir müssen wissen, dass Sie es sind: {reference}",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}). Bevor wir antworten, müssen wir sicher sein, dass Sie es sind.",
            "{reasons}",
            "Bitte schicken Sie uns keine Kopie Ihres Ausweises. Sie können es auf dieser Seite nachweisen, mit einem Code, "
            "den wir an uns schon bekannte Kontaktdaten senden:\n{link}",
            "Wenn Sie diese Adresse nicht mehr haben, antworten Sie auf diesen Brief: Dann fragen wir Sie nach etwas, "
            "das uns bekannt ist.",
        ),
    ),
    "clarification": Words(
        "Eine Frage zu Ihrem Anliegen {reference}",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}). Damit wir beantworten, was Sie wissen wollen, fragen wir:",
            "{reasons}",
            "So steht es darum:\n{link}",
        ),
    ),
    "extension": Words(
        "Ihr Anliegen {reference} dauert länger",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}), eingegangen am {received}.",
            "Wir brauchen mehr als einen Monat. Sie bekommen unsere Antwort spätestens bis zum {due}. Die Gründe:",
            "{reasons}",
            "So steht es darum:\n{link}",
            "Sie können sich bei einer Aufsichtsbehörde beschweren: {authority}",
        ),
    ),
    "refusal": Words(
        "Ihr Anliegen {reference}: Wir können dem nicht nachkommen",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}), eingegangen am {received}.",
            "Wir kommen dem nicht nach. Die Gründe:",
            "{reasons}",
            "Sie können sich bei einer Aufsichtsbehörde beschweren, besonders dort, wo Sie wohnen oder arbeiten, oder bei "
            "unserer: {authority}",
            "Sie können auch vor Gericht gehen (Art. 79 DSGVO).",
        ),
    ),
    "answer_ready": Words(
        "Unsere Antwort auf Ihr Anliegen {reference} liegt bereit",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}). Die Antwort liegt für Sie bereit.",
            "Öffnen Sie diese Seite und weisen Sie noch einmal nach, dass Sie es sind; dann können Sie sie abholen, einmal "
            "und nur für begrenzte Zeit:\n{link}",
            "Wir verschicken sie nie als Anhang.",
        ),
    ),
    "done": Words(
        "Ihr Anliegen {reference} ist erledigt",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}), eingegangen am {received}. Das ist unsere Antwort:",
            "{reasons}",
            "Wenn Sie nicht einverstanden sind, antworten Sie auf diesen Brief oder beschweren Sie sich bei einer "
            "Aufsichtsbehörde: {authority}",
        ),
    ),
    "restriction_ends": Words(
        "Die Einschränkung Ihrer Daten endet: {reference}",
        (
            "Sie haben verlangt: {asked} (Nummer {reference}). Wir haben eingeschränkt, was mit Ihren Daten geschieht.",
            "Wir heben das bald auf und sagen es Ihnen vorher. Die Gründe:",
            "{reasons}",
            "Wenn Sie nicht einverstanden sind, antworten Sie auf diesen Brief oder beschweren Sie sich bei einer "
            "Aufsichtsbehörde: {authority}",
        ),
    ),
}
