"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, TableDeclaration
from confida_service.knowledge import history_routes, interface, listing, routes
from confida_service.knowledge.articles import purge_articles
from confida_service.knowledge.pages import BASE
from confida_service.knowledge.tables import Article, ArticleVersion, ArticleWord
from confida_web.api import Command, NavDeclaration, SearchSource

TABLE_MODULES = ("confida_service.knowledge.tables",)
ABOUT_THINGS = "Articles say how things work, and name nobody."
CLEAR = {
    **dict.fromkeys(("title", "body", "category", "tags"), ABOUT_THINGS),
    "language": "a code of a language",
    "audience": "one of two words",
}
TABLES = (
    TableDeclaration(table=Article, subject_free=ABOUT_THINGS, clear=CLEAR | {"state": "one of three words"}),
    TableDeclaration(table=ArticleVersion, subject_free=ABOUT_THINGS, clear=CLEAR),
    TableDeclaration(table=ArticleWord, subject_free=ABOUT_THINGS, clear={"word": "a word of an article"}),
)
JOBS = (
    JobDeclaration(
        key="service.purge_articles",
        run=purge_articles,
        label="Articles that lie in the trash for 30 days",
        every=86_400,
    ),
)
ROUTES = (*routes.ROUTES, *history_routes.ROUTES)
NAV_ITEMS = (
    NavDeclaration(
        key="service.articles",
        label="Articles",
        icon="file",
        href=BASE,
        permission="service.read",
        order=63,
        group="Service",
    ),
)
COMMANDS = (
    Command(
        key="service.new_article",
        label="New article",
        permission="service.write",
        href=f"{BASE}/new",
        keywords=("knowledge", "help", "answer"),
        icon="file",
    ),
)
SEARCH_SOURCES = (
    SearchSource(key="service.articles", label="Articles", permission="service.read", find=listing.find, order=61),
)
API_RESOURCES = interface.RESOURCES
