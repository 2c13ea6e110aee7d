"""Articles for programs, such as a web site that shows them: read alone."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, Installation, Row
from confida_service.knowledge.articles import AUDIENCES, LANGUAGES, STATES, tags_of, visible_article
from confida_web.api import ApiResource, Entity, Instant, ListPage, ListQuery, Parameter, open_place, seal_place

PLACE = "service articles api"
FIRST = UUID(int=0)
FILTERS = ("state", "audience", "language")


class ArticleEntity(Entity, frozen=True, kw_only=True):
    """body: Markdown. audience: internal ones are for colleagues alone. language: ISO 639-1."""

    title: str
    body: str
    language: str
    audience: str
    category: str
    tags: list[str]
    state: str
    changed_at: Instant


def entity(row: Row) -> ArticleEntity:
    return ArticleEntity(
        id=row["id"], version=row["version"], title=row["title"], body=row["body"], language=row["language"],
        audience=row["audience"], category=row["category"], tags=list(tags_of(row)), state=row["state"],
        changed_at=row["changed_at"],
    )  # fmt: skip


async def list_items(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """In the order in which they were written first. Raises Forbidden and InvalidCursor."""
    access.actor.require("service.read")
    after = open_place(crm, PLACE, query.cursor, tuple[UUID])[0] if query.cursor else FIRST
    given = {name: query.given[name] for name in FILTERS if query.given.get(name) is not None}
    narrowed = "".join(f" AND {name} = ?" for name in given)
    rows = await crm.data.fetch(
        f"SELECT * FROM service_article WHERE deleted_at IS NULL AND id > ?{narrowed} ORDER BY id LIMIT ?",
        after, *given.values(), query.limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return ListPage(items=[entity(row) for row in rows], next=seal_place(crm, PLACE, [rows[-1]["id"]]) if more else "")


async def get_item(crm: Installation, access: Access, article_id: UUID) -> ArticleEntity:
    return entity(await visible_article(crm, access, article_id))


ARTICLES = ApiResource(
    key="articles",
    label="Articles",
    summary="The knowledge base, in Markdown. To show customers what is meant for them, ask for `state=published&audience=public`.",
    read="service.read",
    shape=ArticleEntity,
    list_items=list_items,
    get_item=get_item,
    parameters=(
        Parameter(name="state", type="choice", description="Only those in this state.", choices=tuple(STATES)),
        Parameter(name="audience", type="choice", description="Only those for these.", choices=tuple(AUDIENCES)),
        Parameter(name="language", type="choice", description="Only those in this one.", choices=tuple(LANGUAGES)),
    ),
)
RESOURCES = (ARTICLES,)
