"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, TableDeclaration
from confida_service.knowledge.articles import purge_articles
from confida_service.knowledge.tables import Article, ArticleVersion, ArticleWord

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
