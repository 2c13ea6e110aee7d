"""What the invented organisation has written down, for colleagues and for customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from confida_core.api import Access, Installation, now
from confida_service.demo.cast import is_there, known_id
from confida_service.knowledge.articles import ArticleDraft, create_article, save_article, set_state

ARTICLES = (
    ArticleDraft(
        title="How much soil does a raised bed need?", category="Raised beds", audience="public",
        tags=("compost", "bags", "filling"),
        body=(
            "From the bottom to the top:\n\n1. branches, a third of the height\n2. leaves and turned sods\n3. compost, the rest\n\n"
            "| Bed | Bags of 60 litres |\n|---|---|\n| Kit | 6 |\n| Large kit | 9 |\n\n"
            "The filling sinks by a hand's breadth in the first year. **Top it up in spring.**"
        ),
    ),
    ArticleDraft(
        title="The pump of the rain barrel does nothing", category="Water", audience="public",
        tags=("solar", "filter", "reset"),
        body=(
            "1. Is the panel clean and in the sun?\n2. Take the filter out and rinse it.\n"
            "3. Hold the reset button for **ten seconds**.\n\nStill nothing? Write to us, and say when you bought it."
        ),
    ),
    ArticleDraft(
        title="Change or cancel a course", category="Courses", audience="public", tags=("date", "booking"),
        body="Up to a week before it begins you can change to another date at no cost: write to us, and say which date suits you.",
    ),
    ArticleDraft(
        title="Where are my invoices?", category="Your account", audience="public", tags=("sign in", "link", "portal"),
        body="Ask for a link with your mail address on the page **Sign in**. The link is valid for one day; a new one can be had at any time.",
    ),
    ArticleDraft(
        title="Wie viel Erde braucht ein Hochbeet?", category="Hochbeete", audience="public", language="de",
        tags=("Kompost", "Säcke", "füllen"),
        body="Unten Zweige, dann Laub, oben Kompost: sechs Säcke für den Bausatz, neun für den großen. **Im Frühling auffüllen.**",
    ),
    ArticleDraft(
        title="Bewässerung winterfest machen", category="Wasser", audience="public", language="de",
        tags=("Frost", "Ventil", "entleeren"),
        body="1. Hauptventil schließen\n2. Alle Hähne öffnen\n3. Leitung am tiefsten Punkt entleeren\n4. Hähne offen lassen bis zum Frühling",
    ),
    ArticleDraft(
        title="When the warranty covers it, and when not", category="For colleagues", tags=("goodwill", "pump", "boards"),
        body="Two years from the day of delivery. Split boards: always. Pumps: unless they froze. In doubt up to 50 euros we replace without asking.",
    ),
    ArticleDraft(
        title="Reklamation: die ersten drei Tage", category="Für uns", language="de", tags=("Beschwerde",),
        body="Am ersten Tag anrufen, nicht schreiben. Nichts versprechen, was nicht in der Werkstatt abgesprochen ist.",
    ),
)  # fmt: skip
HELPED = ((41, 3), (28, 9), (12, 1), (33, 4), (19, 2), (7, 0), (0, 0), (0, 0))
TABLE = "service_article"
AGE = timedelta(days=11)
LATER = "\n\nWe deliver soil on the same pallet as the kit."


async def write_down(crm: Installation, access: Access) -> None:
    """All published; the first one has a former version."""
    for number, (draft, (helped, helped_not)) in enumerate(zip(ARTICLES, HELPED, strict=True)):
        known = known_id(TABLE, draft.title)
        if await is_there(crm, TABLE, known):
            continue
        made = await create_article(crm, access, draft)
        if number == 0:
            await save_article(crm, access, made, replace(draft, body=draft.body + LATER), seen=1)
        await set_state(crm, access, made, "published")
        for table in ("service_article_word", "service_article_version"):
            await crm.data.fetch(f"UPDATE {table} SET article_id = ? WHERE article_id = ?", known, made)
        await crm.data.fetch(
            "UPDATE service_article SET id = ?, helped = ?, helped_not = ?, created_at = ?, changed_at = ? WHERE id = ?",
            known, helped, helped_not, now() - AGE * (number + 3), now() - AGE * number, made,
        )  # fmt: skip


async def take_away(crm: Installation) -> None:
    """With their versions and words, however they were changed meanwhile."""
    ids = [known_id(TABLE, draft.title) for draft in ARTICLES]
    marks = ", ".join("?" * len(ids))
    for table in ("service_article_word", "service_article_version"):
        await crm.data.fetch(f"DELETE FROM {table} WHERE article_id IN ({marks})", *ids)
    await crm.data.fetch(f"DELETE FROM service_article WHERE id IN ({marks})", *ids)
