"""German for the answer: sentences and titles (GERMAN), names of fields (FIELDS), and words that stand in rows (VALUES)."""

from __future__ import annotations

from collections.abc import Mapping

from confida_consent.rights.package_german_records import RECORDS

GERMAN: Mapping[str, str] = {
    **RECORDS,
    # Titles
    "Your data with {name}": "Ihre Daten bei {name}",
    "Summary": "Übersicht",
    "The answer in detail": "Die Antwort im Einzelnen",
    "What this answer tells": "Was diese Antwort enthält",
    "Do we hold data about you?": "Haben wir Daten über Sie?",
    "Your data": "Ihre Daten",
    "What we use them for, and on what basis": "Wofür und auf welcher Grundlage wir sie nutzen",
    "Kinds of data": "Arten von Daten",
    "Who received them": "Wer sie erhalten hat",
    "How long we keep them": "Wie lange wir sie aufbewahren",
    "Your rights": "Ihre Rechte",
    "Where you can complain": "Wo Sie sich beschweren können",
    "Where they come from": "Woher sie stammen",
    "Automated decisions": "Automatisierte Entscheidungen",
    "Other countries": "Andere Länder",
    "When your data were looked at, and for what": "Wann und wofür Ihre Daten eingesehen wurden",
    "What you allowed and refused": "Was Sie erlaubt und abgelehnt haben",
    "Restrictions, objections and holds": "Einschränkungen, Widersprüche und Aufbewahrungen",
    "What we did not give you": "Was wir Ihnen nicht herausgegeben haben",
    "Passages about other people": "Stellen über andere Menschen",
    "A copy to take elsewhere": "Eine Kopie zum Mitnehmen",
    "How to read this answer": "Wie Sie diese Antwort lesen",
    "How to check that this answer is genuine": "Wie Sie prüfen, ob diese Antwort echt ist",
    "Costs, remedies and backups": "Kosten, Rechtsbehelfe und Sicherungen",
    # Summary
    "Yes, we hold data about you. This package contains a copy of all of them, and what the law wants you to be told.": (
        "Ja, wir haben Daten über Sie. Dieses Paket enthält eine Kopie davon und alles, was Ihnen das Gesetz zu wissen gibt."
    ),
    "We found no data about you. This package tells where we searched.": (
        "Wir haben keine Daten über Sie gefunden. Dieses Paket sagt, wo wir gesucht haben."
    ),
    "This is the copy of your data to take elsewhere, as you asked.": (
        "Das ist die Kopie Ihrer Daten zum Mitnehmen, um die Sie gebeten haben."
    ),
    "Reference": "Zeichen",
    "You asked on": "Ihre Anfrage vom",
    "Answered on": "Beantwortet am",
    "Entries": "Einträge",
    "Received by": "Erhalten von",
    "Nobody": "Niemand",
    "Kept back": "Zurückgehalten",
    "Nothing": "Nichts",
    "Files": "Dateien",
    "None.": "Keine.",
    "Every file with its SHA-256": "Jede Datei mit ihrem SHA-256",
    # Sections
    "Yes. We hold data about you; this answer contains a copy.": (
        "Ja. Wir haben Daten über Sie; diese Antwort enthält eine Kopie davon."
    ),
    "No. We searched everywhere that is listed here and found nothing about you.": (
        "Nein. Wir haben überall gesucht, wo es hier steht, und nichts über Sie gefunden."
    ),
    "Where we searched, and how many entries we found:": "Wo wir gesucht und wie viele Einträge wir gefunden haben:",
    "Place": "Ort",
    "Remark": "Anmerkung",
    "{count} more whose key was destroyed: nobody can read them any more": (
        "{count} weitere, deren Schlüssel vernichtet ist: Niemand kann sie mehr lesen"
    ),
    "Each list opens on a page of its own; the same stands beside it as JSON, for programs.": (
        "Jede Liste öffnet sich auf einer eigenen Seite; daneben steht dasselbe als JSON für Programme."
    ),
    "Data": "Daten",
    "Pages": "Seiten",
    "{count} files are in the folders of this package.": "{count} Dateien liegen in den Ordnern dieses Pakets.",
    "Used for": "Genutzt für",
    "Lawful basis": "Rechtsgrundlage",
    "Every purpose": "Jeder Zweck",
    "Not stated": "Nicht angegeben",
    "Kind of data": "Art der Daten",
    "We have handed your data to nobody.": "Wir haben Ihre Daten an niemanden weitergegeben.",
    "Recipient": "Empfänger",
    "What for": "Wofür",
    "When": "Wann",
    "Each single time is listed here: ": "Jedes einzelne Mal steht hier: ",
    "{count} times": "{count}-mal",
    "{count} times, from {first} to {last}": "{count}-mal, von {first} bis {last}",
    "How long": "Wie lange",
    "Deleted by": "Gelöscht bis",
    "After {day} somebody decides whether they are still needed": "Nach dem {day} entscheidet jemand, ob sie noch gebraucht werden",
    "No date can be said yet": "Ein Datum steht noch nicht fest",
    "You can do each of these at any time, free of charge. Every entry on the pages of your data has links too.": (
        "Sie können all dies jederzeit und kostenlos. Auch jeder Eintrag auf den Seiten Ihrer Daten hat solche Links."
    ),
    "Correct something (Art. 16)": "Etwas berichtigen (Art. 16)",
    "Have it erased (Art. 17)": "Löschen lassen (Art. 17)",
    "Have its use restricted (Art. 18)": "Die Nutzung einschränken lassen (Art. 18)",
    "Take it elsewhere (Art. 20)": "Mitnehmen (Art. 20)",
    "Object to its use (Art. 21)": "Der Nutzung widersprechen (Art. 21)",
    "Withdraw a consent (Art. 7(3))": "Eine Einwilligung widerrufen (Art. 7 Abs. 3)",
    "Complain to us": "Sich bei uns beschweren",
    "You can complain to a supervisory authority, such as the one that is responsible for us:": (
        "Sie können sich bei einer Aufsichtsbehörde beschweren, etwa bei der für uns zuständigen:"
    ),
    "Authority": "Behörde",
    "The authority of the place where you live or work": "Die Behörde des Ortes, an dem Sie wohnen oder arbeiten",
    "Contact": "Kontakt",
    "Imported on {when}. {origin}. {note}": "Importiert am {when}. {origin}. {note}",
    "Source": "Herkunft",
    "Every entry on the pages of your data names its own source.": (
        "Jeder Eintrag auf den Seiten Ihrer Daten nennt seine eigene Herkunft."
    ),
    "None. No decision about you was made by a machine alone, and none of the programs we use makes such decisions.": (
        "Keine. Keine Entscheidung über Sie wurde allein von einer Maschine getroffen, und kein Programm, das wir nutzen, "
        "trifft solche Entscheidungen."
    ),
    "Conclusions about your interests may choose which messages you get. They decide nothing else, and you can object at any time.": (
        "Schlüsse auf Ihre Interessen können bestimmen, welche Nachrichten Sie erhalten. Mehr entscheiden sie nicht, und Sie "
        "können jederzeit widersprechen."
    ),
    "Where your data are stored has not been written down here; ask us.": (
        "Wo Ihre Daten gespeichert sind, ist hier nicht festgehalten; fragen Sie uns."
    ),
    "Your data are stored in {country}. Storing them there transfers them to no country outside the European Economic Area.": (
        "Ihre Daten sind in {country} gespeichert. Dadurch gelangen sie in kein Land außerhalb des Europäischen "
        "Wirtschaftsraums."
    ),
    "Your data are stored in {country}, outside the European Economic Area; ask us for the safeguards.": (
        "Ihre Daten sind in {country} gespeichert, außerhalb des Europäischen Wirtschaftsraums; fragen Sie uns nach den Garantien."
    ),
    "These received data about you; in which country they work is not part of our register:": (
        "Diese haben Daten über Sie erhalten; in welchem Land sie tätig sind, steht nicht in unserem Verzeichnis:"
    ),
    "Nobody has looked at your data.": "Niemand hat Ihre Daten eingesehen.",
    "Who of the staff it was is not told: they acted on our behalf, and have rights of their own.": (
        "Wer von uns es war, wird nicht genannt: Sie handelten in unserem Auftrag und haben eigene Rechte."
    ),
    "You were never asked for a consent, and none was recorded.": (
        "Sie wurden nie um eine Einwilligung gebeten, und keine wurde festgehalten."
    ),
    "Each single decision is listed here, and the folder “receipts” holds a receipt for each: ": (
        "Jede einzelne Entscheidung steht hier, und der Ordner „receipts“ enthält für jede einen Beleg: "
    ),
    "What": "Was",
    "Since": "Seit",
    "Every way": "Jeder Weg",
    "Your data may be stored, and hardly anything else (Art. 18)": (
        "Ihre Daten dürfen gespeichert und sonst kaum genutzt werden (Art. 18)"
    ),
    "You withdrew a consent": "Sie haben eine Einwilligung widerrufen",
    "You objected (Art. 21)": "Sie haben widersprochen (Art. 21)",
    "Deletion is suspended, because something must be preserved for now": (
        "Die Löschung ist ausgesetzt, weil etwas vorerst erhalten bleiben muss"
    ),
    "Your address is on the list of those who get no advertising": "Ihre Adresse steht auf der Liste derer, die keine Werbung erhalten",
    "What was kept back": "Was zurückgehalten wurde",
    "Legal ground": "Rechtsgrund",
    "Why it weighs more": "Warum das schwerer wiegt",
    "Nothing was kept back by a decision of ours.": "Durch eine Entscheidung von uns wurde nichts zurückgehalten.",
    "These technical fields are never part of an answer:": "Diese technischen Felder sind nie Teil einer Antwort:",
    "Field": "Feld",
    "Why": "Warum",
    "Everything": "Alles",
    "It is about somebody else (Art. 15(4)).": "Es betrifft jemand anderen (Art. 15 Abs. 4).",
    "Nothing was blackened.": "Nichts wurde geschwärzt.",
    "Blackened passages are shown as █████, in the pages and in the files for programs alike.": (
        "Geschwärzte Stellen erscheinen als █████, auf den Seiten wie in den Dateien für Programme."
    ),
    "The folder “portability” holds what you gave us yourself, and nothing that we concluded or wrote, as far as we use it with "
    "your consent or for a contract: as JSON with its schema, as a table (CSV) and as a card (vCard 4.0). Other programs can "
    "read it.": (
        "Der Ordner „portability“ enthält, was Sie uns selbst gegeben haben, und nichts, was wir geschlossen oder geschrieben "
        "haben, soweit wir es mit Ihrer Einwilligung oder für einen Vertrag nutzen: als JSON mit Schema, als Tabelle (CSV) und "
        "als Visitenkarte (vCard 4.0). Andere Programme können das lesen."
    ),
    "Begin with the summary. These pages tell everything that must be told; the pages of your data show every entry. Everything "
    "opens without a network, runs no program, and can be printed.": (
        "Beginnen Sie mit der Übersicht. Diese Seiten sagen alles, was gesagt werden muss; die Seiten Ihrer Daten zeigen jeden "
        "Eintrag. Alles öffnet sich ohne Netz, führt kein Programm aus und lässt sich drucken."
    ),
    "manifest.json names every file with its SHA-256. We signed it (manifest.note), and our ledger shows that this very answer "
    "was entered there (manifest.tlog-proof). README.txt tells how to check all this without us.": (
        "manifest.json nennt jede Datei mit ihrem SHA-256. Wir haben sie unterschrieben (manifest.note), und unser Register zeigt, "
        "dass genau diese Antwort dort eingetragen wurde (manifest.tlog-proof). README.txt sagt, wie sich das ohne uns prüfen "
        "lässt."
    ),
    "This copy is free of charge, and so is every first copy.": "Diese Kopie ist kostenlos, wie jede erste Kopie.",
    "If you think that something is missing or wrong, tell us. You can also complain to a supervisory authority (Art. 77) and go "
    "to court against us (Art. 79), both without the other.": (
        "Wenn etwas fehlt oder falsch ist, sagen Sie es uns. Sie können sich auch bei einer Aufsichtsbehörde beschweren (Art. 77) "
        "und gegen uns vor Gericht gehen (Art. 79), beides unabhängig voneinander."
    ),
    "Copies of our data are kept for emergencies (backups), sealed. They were not searched: they hold earlier states of the same "
    "data, serve only to restore everything after a loss, and what was erased can be read in none of them, because its key is "
    "destroyed.": (
        "Für Notfälle werden Kopien unserer Daten aufbewahrt (Sicherungen), verschlüsselt. Sie wurden nicht durchsucht: Sie "
        "enthalten frühere Stände derselben Daten, dienen nur dazu, nach einem Verlust alles wiederherzustellen, und Gelöschtes "
        "ist in keiner davon lesbar, weil sein Schlüssel vernichtet ist."
    ),
    "How to reach us: ": "So erreichen Sie uns: ",
    # Entries
    "Correct": "Berichtigen",
    "Erase": "Löschen",
    "Restrict": "Einschränken",
    "Object": "Widersprechen",
    "File": "Datei",
    "Kept back; see the answer in detail.": "Zurückgehalten; siehe die Antwort im Einzelnen.",
    "Also about": "Auch über",
    "{count} other people": "{count} andere Menschen",
    "{count} bytes, see the JSON": "{count} Bytes, siehe JSON",
    "No": "Nein",
    "you": "Sie",
    "somebody who works for us": "jemand, der für uns arbeitet",
    "this program": "dieses Programm",
    "another person": "eine andere Person",
    # Periods
    "As long as we have to do with you; then they are deleted, unless the law asks us to keep them longer.": (
        "Solange wir miteinander zu tun haben; danach werden sie gelöscht, sofern das Gesetz keine längere Aufbewahrung verlangt."
    ),
    "As long as we must be able to prove what you allowed, and until claims from it have lapsed.": (
        "Solange wir nachweisen können müssen, was Sie erlaubt haben, und bis Ansprüche daraus verjährt sind."
    ),
    "As long as we must be able to prove how we answered you, and until claims from it have lapsed.": (
        "Solange wir nachweisen können müssen, wie wir Ihnen geantwortet haben, und bis Ansprüche daraus verjährt sind."
    ),
    "As long as the law asks us to keep vouchers and books.": "Solange das Gesetz die Aufbewahrung von Belegen und Büchern verlangt.",
    "As long as the account is used.": "Solange das Konto genutzt wird.",
    "As long as the data that it belongs to.": "So lange wie die Daten, zu denen es gehört.",
    "As long as they are needed for what they were collected for.": "Solange sie für ihren Zweck gebraucht werden.",
}  # fmt: skip
