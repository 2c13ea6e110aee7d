"""Ready e-mails in English."""

from __future__ import annotations

from collections.abc import Mapping

from confida_marketing.content.email_content import Block, EmailContent

HELLO = Block(kind="text", text="Dear {{first_name|friend}},")
HINTS: Mapping[str, str] = {
    "newsletter": "Two or three pieces of news, each with a link.",
    "invitation": "When, where, and a button to say yes.",
    "thanks": "After a donation: what it does, and nothing to ask.",
    "appeal": "One story, one need, one button.",
    "renewal": "A membership or subscription that ends soon.",
    "archive": "Something found in your archive, and how it came there.",
}


def email(name: str, subject: str, preheader: str, *blocks: Block) -> EmailContent:
    return EmailContent(name=name, subject=subject, preheader=preheader, language="en", blocks=blocks)


def emails() -> tuple[EmailContent, ...]:
    """In the order of `ready.KEYS`."""
    return (newsletter(), invitation(), thanks(), appeal(), renewal(), archive())


def newsletter() -> EmailContent:
    return email(
        "Newsletter",
        "News from {{sender}}",
        "What happened, and what is coming",
        Block(kind="heading", size="large", text="What happened, and what is coming"),
        HELLO,
        Block(kind="text", text="Two sentences on why this is worth reading today."),
        Block(kind="heading", text="The first piece of news"),
        Block(kind="text", text="What happened, for whom, and what comes of it. **One** thing in bold is enough."),
        Block(kind="button", label="Read on", href="https://example.org/news"),
        Block(kind="divider"),
        Block(
            kind="columns",
            text="**In short**\n\nA small piece of news.",
            other="**Dates**\n\n- 3 May: open day\n- 9 June: concert",
        ),
        Block(kind="text", text="Best wishes\n{{sender}}"),
    )


def invitation() -> EmailContent:
    return email(
        "Invitation",
        "You are invited: open day on 3 May",
        "Come and see what became of it",
        Block(kind="heading", size="large", text="You are invited"),
        HELLO,
        Block(kind="text", text="On **3 May, 2 pm** we open our doors. Come and see what became of your help."),
        Block(kind="columns", text="**When**\n3 May, 2 to 6 pm", other="**Where**\n1 Example Street, Exampleton"),
        Block(kind="button", label="I am coming", href="https://example.org/open-day", align="center"),
        Block(kind="text", text="If you cannot come, there is nothing to do.\n\nBest wishes\n{{sender}}"),
    )


def thanks() -> EmailContent:
    return email(
        "Thanks for a donation",
        "Thank you, {{first_name|friend}}",
        "What your gift does",
        Block(kind="heading", size="large", text="Thank you"),
        HELLO,
        Block(kind="text", text="Your gift has arrived. It pays for one thing that you can picture: write it here."),
        Block(kind="quote", text="One sentence of somebody whom it helped.", other="Name, where they are"),
        Block(
            kind="text",
            text="There is nothing you need to do. We shall tell you in autumn what came of it.\n\n{{sender}}",
        ),
    )


def appeal() -> EmailContent:
    return email(
        "Appeal",
        "The roof will not last another winter",
        "What is needed, and what your gift does",
        Block(kind="heading", size="large", text="The roof will not last another winter"),
        HELLO,
        Block(kind="text", text="One person, one place, one day: tell what happened there in a few sentences."),
        Block(
            kind="text",
            text="This is what it takes:\n\n- **25 euros** pay for one square metre\n- **100 euros** pay for a day of work",
        ),
        Block(kind="button", label="Give now", href="https://example.org/give", align="center"),
        Block(kind="text", text="Thank you for thinking about it.\n\n{{sender}}"),
    )


def renewal() -> EmailContent:
    return email(
        "Renewal reminder",
        "Your membership ends soon",
        "Stay with us with two clicks",
        Block(kind="heading", size="large", text="Your membership ends soon"),
        HELLO,
        Block(
            kind="text",
            text="Your membership ends at the end of the month. If you want to stay, this is all there is to do:",
        ),
        Block(kind="button", label="Stay a member", href="https://example.org/membership", align="center"),
        Block(
            kind="text",
            text="If not, you need not do anything: it ends by itself.\n\nThank you for the time with us\n{{sender}}",
        ),
    )


def archive() -> EmailContent:
    return email(
        "News from the archive",
        "Found in the archive: a letter from 1911",
        "How it came to us, and what it tells",
        Block(kind="heading", size="large", text="Found in the archive"),
        HELLO,
        Block(
            kind="text", text="Among old bills we found a letter. What it says, who wrote it, and how it came to us."
        ),
        Block(kind="quote", text="A line from it.", other="Who wrote it, when"),
        Block(kind="button", label="See the original", href="https://example.org/archive"),
        Block(kind="text", text="Do you know more about it? We are glad of an answer.\n\n{{sender}}"),
    )
