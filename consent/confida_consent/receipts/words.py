"""The words of readable receipts. English is the source; German stands beside it. Pure data and look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from confida_consent.receipts.receipt import Receipt
from confida_consent.vocabulary import BASIS_LABELS, CHANNEL_LABELS, NO, YES, Actor, Basis, Kind, Method

LANGUAGES = ("en", "de")
_TIMES_AS: Mapping[str, str] = {"en": "en_GB", "de": "de"}

KIND_LABELS: Mapping[str, str] = {
    Kind.REQUESTED: "Consent was asked for",
    Kind.DEFERRED: "Left undecided",
    Kind.GIVEN: "Consent given",
    Kind.RENEWED: "Consent renewed",
    Kind.REFUSED: "Consent refused",
    Kind.WITHDRAWN: "Consent withdrawn",
    Kind.EXPIRED: "Consent expired",
    Kind.REVOKED: "Consent ended by the organisation",
    Kind.INVALIDATED: "Consent found invalid, also for the past",
    Kind.OBJECTED: "Objection",
    Kind.OBJECTION_ENDED: "Objection taken back",
    Kind.GROUND_NOTED: "Facts of an existing customer noted",
}
METHOD_LABELS: Mapping[str, str] = {
    Method.WEB_FORM: "Form on a web page",
    Method.PREFERENCE_CENTRE: "The person's own pages",
    Method.ONE_CLICK: "Unsubscribe link of a message",
    Method.PAPER: "On paper",
    Method.PHONE: "By telephone",
    Method.IN_PERSON: "In person",
    Method.IMPORT: "Taken over from another system",
    Method.API: "Through a program of the organisation",
    Method.GPC: "Signal of the browser (Global Privacy Control)",
    Method.SYSTEM: "By itself",
}
ACTOR_LABELS: Mapping[str, str] = {
    Actor.SUBJECT: "The person",
    Actor.STAFF: "Somebody who works for the organisation",
    Actor.IMPORT: "An import",
    Actor.PLUGIN: "A program of the organisation",
    Actor.SYSTEM: "The program itself",
}

GERMAN: Mapping[str, str] = {
    # Channels, lawful bases, events
    "E-mail": "E-Mail",
    "Telephone": "Telefon",
    "SMS": "SMS",
    "Post": "Post",
    "Messenger": "Messenger",
    "Profiling": "Profilbildung",
    "Consent": "Einwilligung",
    "Contract": "Vertrag",
    "Legal obligation": "Rechtliche Verpflichtung",
    "Legitimate interest": "Berechtigtes Interesse",
    "Vital interest": "Lebenswichtiges Interesse",
    "Public task": "Öffentliche Aufgabe",
    "Consent was asked for": "Um Einwilligung gebeten",
    "Left undecided": "Offen gelassen",
    "Consent given": "Einwilligung erteilt",
    "Consent renewed": "Einwilligung erneuert",
    "Consent refused": "Einwilligung verweigert",
    "Consent withdrawn": "Einwilligung widerrufen",
    "Consent expired": "Einwilligung abgelaufen",
    "Consent ended by the organisation": "Einwilligung von der Organisation beendet",
    "Consent found invalid, also for the past": "Einwilligung war unwirksam, auch für die Vergangenheit",
    "Objection": "Widerspruch",
    "Objection taken back": "Widerspruch zurückgenommen",
    "Facts of an existing customer noted": "Angaben zur Kundenbeziehung festgehalten",
    # Methods, actors
    "Form on a web page": "Formular auf einer Webseite",
    "The person's own pages": "Die eigenen Seiten der Person",
    "Unsubscribe link of a message": "Abmeldelink einer Nachricht",
    "On paper": "Auf Papier",
    "By telephone": "Am Telefon",
    "In person": "Persönlich",
    "Taken over from another system": "Aus einem anderen System übernommen",
    "Through a program of the organisation": "Durch ein Programm der Organisation",
    "Signal of the browser (Global Privacy Control)": "Signal des Browsers (Global Privacy Control)",
    "By itself": "Von selbst",
    "The person": "Die Person",
    "Somebody who works for the organisation": "Jemand, der für die Organisation arbeitet",
    "An import": "Ein Import",
    "A program of the organisation": "Ein Programm der Organisation",
    "The program itself": "Das Programm selbst",
    # Titles
    "Receipt for your consent": "Beleg über Ihre Einwilligung",
    "Receipt for your decision": "Beleg über Ihre Entscheidung",
    "Record of your objection": "Beleg über Ihren Widerspruch",
    "Record about the use of your data": "Beleg über die Nutzung Ihrer Daten",
    "This is your own copy. Keep it: with it you can show at any time what was agreed, even without us.": (
        "Das ist Ihr eigenes Exemplar. Bewahren Sie es auf: Damit können Sie jederzeit zeigen, was vereinbart war, auch ohne uns."
    ),
    "This is no consent. It records what you told us, and that it counts.": (
        "Das ist keine Einwilligung. Es hält fest, was Sie uns gesagt haben, und dass es gilt."
    ),
    # Sections and rows
    "What was decided": "Was entschieden wurde",
    "Decision": "Entscheidung",
    "What for": "Wofür",
    "In plain words": "Mit einfachen Worten",
    "Way": "Weg",
    "Lawful basis": "Rechtsgrundlage",
    "Valid until": "Gültig bis",
    "Until you withdraw": "Bis Sie widerrufen",
    "until you withdraw": "bis Sie widerrufen",
    "until you decide otherwise": "bis Sie anders entscheiden",
    "How and when": "Wie und wann",
    "When": "Wann",
    "Recorded": "Festgehalten",
    "How": "Wie",
    "Recorded by": "Festgehalten durch",
    "Said by": "Erklärt von",
    "For": "Für",
    "Dated": "Datiert",
    "Confirmed": "Bestätigt",
    "Details": "Einzelheiten",
    "Form": "Formular",
    "Read out": "Vorgelesen",
    "Origin": "Herkunft",
    "What happened afterwards": "Was danach geschah",
    "The data": "Die Daten",
    "Kinds of data": "Arten von Daten",
    "Special categories": "Besondere Kategorien",
    "Yes": "Ja",
    "Kept": "Aufbewahrt",
    "Stored in": "Gespeichert in",
    "Others who receive them": "Andere, die sie erhalten",
    "Nobody": "Niemand",
    "Who is responsible": "Wer verantwortlich ist",
    "Name": "Name",
    "Address": "Anschrift",
    "Website": "Webseite",
    "Privacy policy": "Datenschutzerklärung",
    "Data-protection officer": "Datenschutzbeauftragte",
    "Your rights": "Ihre Rechte",
    "Withdraw, or change your mind": "Widerrufen oder neu entscheiden",
    "Object, or change your mind": "Widersprechen oder neu entscheiden",
    "See, correct, erase, restrict or take along your data": (
        "Ihre Daten einsehen, berichtigen, löschen, einschränken oder mitnehmen"
    ),
    "Complain": "Sich beschweren",
    "What you were told": "Was Ihnen gesagt wurde",
    "Version": "Fassung",
    "Language": "Sprache",
    "No text is kept.": "Es ist kein Text aufbewahrt.",
    "Proof": "Nachweis",
    "Number of this receipt": "Nummer dieses Belegs",
    "Number of the record": "Nummer des Eintrags",
    "Our own number": "Unsere eigene Nummer",
    "Your number with us": "Ihre Nummer bei uns",
    "Entry in the ledger": "Eintrag im Register",
    "%(index)s of %(size)s": "%(index)s von %(size)s",
    "Ledger": "Register",
    "Key of the ledger": "Schlüssel des Registers",
    "Issued": "Ausgestellt",
    # Files
    "the receipt for programs (ISO/IEC TS 27560, JSON-LD)": "der Beleg für Programme (ISO/IEC TS 27560, JSON-LD)",
    "the receipt for programs that know Kantara Consent Receipt 1.1": (
        "der Beleg für Programme, die Kantara Consent Receipt 1.1 kennen"
    ),
    "the text that was shown, byte by byte": "der Text, der gezeigt wurde, Byte für Byte",
    "the proof that the entry stands in the signed ledger": (
        "der Nachweis, dass der Eintrag im unterschriebenen Register steht"
    ),
    "the key that the ledger is signed with": "der Schlüssel, mit dem das Register unterschrieben ist",
    "the program that checks it": "das Programm, das es prüft",
    # Terms of the personal-data vocabulary that our own purposes use
    "EmailAddress": "E-Mail-Adresse",
    "TelephoneNumber": "Telefonnummer",
    "PhysicalAddress": "Anschrift",
    "Contact": "Kontaktdaten",
}


def spoken(language: str) -> str:
    """The language of ours that fits best."""
    main = language.partition("-")[0]
    return main if main in LANGUAGES else "en"


def say(text: str, language: str) -> str:
    """A text of this module in a language; as it is where there is no translation."""
    return GERMAN.get(text, text) if spoken(language) == "de" else text


def label(word: str, language: str) -> str:
    """A channel, basis or kind of event in words."""
    for labels in (CHANNEL_LABELS, BASIS_LABELS, KIND_LABELS):
        if word in labels:
            return say(labels[word], language)
    return say(word, language)


def kind_label(kind: str, basis: str, language: str) -> str:
    """What happened. A no to what does not rest on consent withdraws none, so it is not called that (CR-6)."""
    return say("Objection" if kind in NO and basis != Basis.CONSENT else KIND_LABELS[Kind(kind)], language)


def method_label(method: str, language: str) -> str:
    return say(METHOD_LABELS[method], language)


def actor_label(actor: str, language: str) -> str:
    return say(ACTOR_LABELS[actor], language)


def data_label(term: str, language: str) -> str:
    """A term such as TelephoneNumber in words; other languages than ours get the term taken apart."""
    known = say(term, language)
    if known != term:
        return known
    return "".join(f" {letter.lower()}" if at and letter.isupper() else letter for at, letter in enumerate(term))


def until_label(receipt: Receipt, language: str) -> str:
    """Until when a yes holds, in words."""
    if receipt.status.kind in YES and receipt.status.valid_until is not None:
        return time_label(receipt.status.valid_until, receipt.time_zone, language)
    return say("Until you withdraw", language)


def time_label(moment: datetime, time_zone: str, language: str) -> str:
    """Date and time with its zone, as the language writes them."""
    from babel.dates import format_datetime

    return str(format_datetime(moment, "long", locale=_TIMES_AS[spoken(language)], tzinfo=ZoneInfo(time_zone)))


def country_label(code: str, language: str) -> str:
    from babel import Locale

    return str(Locale(spoken(language)).territories.get(code, code))
