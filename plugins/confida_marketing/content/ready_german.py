"""Ready e-mails in German."""

from __future__ import annotations

from collections.abc import Mapping

from confida_marketing.content.email_content import Block, EmailContent

HELLO = Block(kind="text", text="Guten Tag {{name|und willkommen}},")
HINTS: Mapping[str, str] = {
    "newsletter": "Zwei oder drei Neuigkeiten, jede mit einem Link.",
    "invitation": "Wann, wo, und ein Knopf zum Zusagen.",
    "thanks": "Nach einer Spende: was sie bewirkt, und keine Bitte.",
    "appeal": "Eine Geschichte, eine Not, ein Knopf.",
    "renewal": "Eine Mitgliedschaft oder ein Abonnement, das bald endet.",
    "archive": "Ein Fund aus Ihrem Archiv, und wie er dorthin kam.",
}


def email(name: str, subject: str, preheader: str, *blocks: Block) -> EmailContent:
    return EmailContent(name=name, subject=subject, preheader=preheader, language="de", blocks=blocks)


def emails() -> tuple[EmailContent, ...]:
    """In the order of `ready.KEYS`."""
    return (newsletter(), invitation(), thanks(), appeal(), renewal(), archive())


def newsletter() -> EmailContent:
    return email(
        "Rundbrief",
        "Neues von {{sender}}",
        "Was war, und was kommt",
        Block(kind="heading", size="large", text="Was war, und was kommt"),
        HELLO,
        Block(kind="text", text="Zwei Sätze, warum sich das Lesen heute lohnt."),
        Block(kind="heading", text="Die erste Neuigkeit"),
        Block(kind="text", text="Was geschah, für wen, und was daraus wird. **Eine** fette Stelle genügt."),
        Block(kind="button", label="Weiterlesen", href="https://example.org/neues"),
        Block(kind="divider"),
        Block(
            kind="columns",
            text="**Kurz gesagt**\n\nEine kleine Neuigkeit.",
            other="**Termine**\n\n- 3. Mai: offene Tür\n- 9. Juni: Konzert",
        ),
        Block(kind="text", text="Herzliche Grüße\n{{sender}}"),
    )


def invitation() -> EmailContent:
    return email(
        "Einladung",
        "Sie sind eingeladen: offene Tür am 3. Mai",
        "Sehen Sie, was daraus geworden ist",
        Block(kind="heading", size="large", text="Sie sind eingeladen"),
        HELLO,
        Block(
            kind="text", text="Am **3. Mai um 14 Uhr** öffnen wir die Tür. Sehen Sie, was aus Ihrer Hilfe geworden ist."
        ),
        Block(kind="columns", text="**Wann**\n3. Mai, 14 bis 18 Uhr", other="**Wo**\nBeispielstraße 1, Beispielstadt"),
        Block(kind="button", label="Ich komme", href="https://example.org/offene-tuer", align="center"),
        Block(
            kind="text", text="Wenn Sie nicht kommen können, brauchen Sie nichts zu tun.\n\nHerzliche Grüße\n{{sender}}"
        ),
    )


def thanks() -> EmailContent:
    return email(
        "Dank für eine Spende",
        "Danke für Ihre Spende",
        "Was Ihre Gabe bewirkt",
        Block(kind="heading", size="large", text="Danke"),
        HELLO,
        Block(
            kind="text",
            text="Ihre Spende ist angekommen. Sie bezahlt etwas, das man sich vorstellen kann: schreiben Sie es hierher.",
        ),
        Block(kind="quote", text="Ein Satz von jemandem, dem sie hilft.", other="Name, Ort"),
        Block(kind="text", text="Sie brauchen nichts zu tun. Im Herbst erzählen wir, was daraus wurde.\n\n{{sender}}"),
    )


def appeal() -> EmailContent:
    return email(
        "Spendenaufruf",
        "Das Dach hält keinen Winter mehr",
        "Was fehlt, und was Ihre Gabe bewirkt",
        Block(kind="heading", size="large", text="Das Dach hält keinen Winter mehr"),
        HELLO,
        Block(kind="text", text="Ein Mensch, ein Ort, ein Tag: erzählen Sie in wenigen Sätzen, was dort geschah."),
        Block(
            kind="text",
            text="Das wird gebraucht:\n\n- **25 Euro** bezahlen einen Quadratmeter\n- **100 Euro** bezahlen einen Tag Arbeit",
        ),
        Block(kind="button", label="Jetzt spenden", href="https://example.org/spenden", align="center"),
        Block(kind="text", text="Danke, dass Sie darüber nachdenken.\n\n{{sender}}"),
    )


def renewal() -> EmailContent:
    return email(
        "Erinnerung an die Verlängerung",
        "Ihre Mitgliedschaft endet bald",
        "Mit zwei Klicks bleiben Sie dabei",
        Block(kind="heading", size="large", text="Ihre Mitgliedschaft endet bald"),
        HELLO,
        Block(kind="text", text="Ihre Mitgliedschaft endet zum Monatsende. Wenn Sie bleiben möchten, genügt das:"),
        Block(kind="button", label="Mitglied bleiben", href="https://example.org/mitglied", align="center"),
        Block(
            kind="text",
            text="Wenn nicht, brauchen Sie nichts zu tun: sie endet von selbst.\n\nDanke für die gemeinsame Zeit\n{{sender}}",
        ),
    )


def archive() -> EmailContent:
    return email(
        "Neues aus dem Archiv",
        "Fund im Archiv: ein Brief von 1911",
        "Wie er zu uns kam, und was er erzählt",
        Block(kind="heading", size="large", text="Fund im Archiv"),
        HELLO,
        Block(
            kind="text",
            text="Zwischen alten Rechnungen lag ein Brief. Was darin steht, wer ihn schrieb, und wie er zu uns kam.",
        ),
        Block(kind="quote", text="Eine Zeile daraus.", other="Wer sie schrieb, wann"),
        Block(kind="button", label="Das Original ansehen", href="https://example.org/archiv"),
        Block(kind="text", text="Wissen Sie mehr darüber? Wir freuen uns über eine Antwort.\n\n{{sender}}"),
    )
