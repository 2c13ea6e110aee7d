"""What the invented e-mails say."""

from __future__ import annotations

from confida_marketing.content.email_content import Block, EmailContent, EmailVariant

RIVER, FAIR = "https://example.org/river", "https://example.org/summer-fair"
HELLO = Block(kind="text", text="Dear {{first_name|friend}},")
BYE = Block(kind="text", text="Best wishes\n{{sender}}")

SPRING = EmailContent(
    name="Spring newsletter",
    subject="What your help did this winter",
    preheader="Forty trees, two bridges and one thank you",
    blocks=(
        Block(kind="heading", size="large", text="What your help did this winter"),
        HELLO,
        Block(
            kind="text",
            text="Forty trees stand along the river that were not there in autumn, and two bridges hold again.",
        ),
        Block(kind="button", label="See the river", href=RIVER),
        Block(kind="text", text=f"In June we [meet at the summer fair]({FAIR}). Bring somebody."),
        BYE,
    ),
    variants=(EmailVariant(key="b", subject="Forty trees, two bridges, one thank you"),),
)
INVITATION = EmailContent(
    name="Invitation to the summer fair",
    subject="{{first_name|You}}, come to the summer fair",
    preheader="Music, cake and the new bridge",
    blocks=(
        Block(kind="heading", size="large", text="Come to the summer fair"),
        HELLO,
        Block(kind="columns", text="**When**\n20 June, 2 to 8 pm", other="**Where**\nAt the new bridge"),
        Block(kind="button", label="I am coming", href=FAIR, align="center"),
        BYE,
    ),
)
