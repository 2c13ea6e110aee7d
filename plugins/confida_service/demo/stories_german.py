"""What those write who speak German."""

from __future__ import annotations

from confida_service.demo.stories import Story

GERMAN = (
    Story(
        subject="Hochbeet: eine Schraube zu wenig",
        asked="In der Tüte waren nur 23 statt 24 Schrauben. Können Sie mir eine schicken?",
        answered="Natürlich, zur Sicherheit kommen zehn. Der Brief geht heute noch hinaus.",
        back="Angekommen, vielen Dank!",
        settled="Sehr gern. Viel Freude mit dem Beet!",
        desk="repairs", kind="fault", tags=("Hochbeet", "Lieferung"),
    ),
    Story(
        subject="Rechnung nicht erhalten",
        asked="Unsere Buchhaltung braucht die Rechnung zur Bestellung vom letzten Monat. Hier kam keine an.",
        answered="Sie liegt auch in Ihrem Bereich zum Herunterladen; ich habe sie Ihnen eben noch einmal geschickt.",
        back="Jetzt ist sie da. Danke!",
        kind="order", tags=("Rechnung",),
    ),
    Story(
        subject="Kurs auch für Anfänger?",
        asked="Ich habe noch nie einen Baum geschnitten. Ist der Kurs im März etwas für mich?",
        answered="Genau für Sie: Wir fangen mit dem Werkzeug an, und jeder schneidet einen Baum unter Anleitung.",
        channel="web", tags=("Kurs",),
    ),
    Story(
        subject="Bewässerung tropft am Verteiler",
        asked="Seit gestern tropft es am Verteiler neben der Terrasse. Die Anlage ist zwei Jahre alt.",
        answered="Bitte drehen Sie das Ventil 3 zu. Morgen Vormittag kommt jemand vorbei.",
        settled="Die Dichtung ist getauscht, das ging auf Gewährleistung.",
        note="Dichtung Typ B mitnehmen, wie bei der letzten Anlage.",
        desk="repairs", kind="fault", channel="phone", priority=3, tags=("Bewässerung", "Gewährleistung"),
    ),
    Story(
        subject="Zugang für unsere neue Kassenwartin",
        asked="Frau Lindner führt ab jetzt unsere Kasse. Wie bekommt sie Zugang zu den Rechnungen?",
        answered="Sie braucht nur eine eigene E-Mail-Adresse bei uns. Bitte schreiben Sie mir, welche.",
        channel="web", kind="access", tags=("Zugang",),
    ),
    Story(
        subject="Kompost in zwei Lieferungen?",
        asked="Unser Hof ist klein. Können die 30 Säcke in zwei Lieferungen kommen?",
        answered="Ja, im Abstand von zwei Wochen. Die zweite Fahrt kostet nichts extra.",
        back="Wunderbar, dann bitte so.",
        kind="order", tags=("Kompost", "Lieferung"),
    ),
    Story(
        subject="Saatkiste abbestellen",
        asked="Wir ziehen um und haben keinen Garten mehr. Bitte beenden Sie die Saatkiste zum Monatsende.",
        answered="Das ist erledigt; die letzte Kiste kommt in der nächsten Woche.",
        channel="chat", kind="order", priority=1, tags=("Saatgut",),
    ),
    Story(
        subject="Welches Vlies für den Winter?",
        asked="Welches Vlies passt über das große Hochbeet, und wann kommt es wieder herunter?",
        answered="Das breite, zwei Meter. Ende März kann es weg, wenn kein Frost mehr gemeldet ist.",
        tags=("Hochbeet",), priority=1,
    ),
)  # fmt: skip
