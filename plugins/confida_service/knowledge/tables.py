"""Articles of the knowledge base. They are about things and never about a person, so that their words may be searched in clear."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Article(Table, tablename="service_article", db=DATA):
    """state: draft, published or archived. audience: internal or public. body: Markdown. tags: one in a line.

    version: how often it was saved. helped, helped_not: how many said so, and nothing of who did. deleted_at: in the trash.
    """

    id = UUID(primary_key=True)
    title = Varchar(length=200)
    body = Text()
    language = Varchar(length=2)
    audience = Varchar(length=8)
    category = Varchar(length=80)
    tags = Text()
    state = Varchar(length=10)
    version = Integer()
    created_at = Timestamptz()
    changed_at = Timestamptz()
    changed_by = UUID()
    published_at = Timestamptz(null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None, index=True)
    helped = Integer(default=0)
    helped_not = Integer(default=0)


class ArticleVersion(Table, tablename="service_article_version", db=DATA):
    """How an article was before it was saved anew. number: which version that was; at, by_id: when and by whom it was written."""

    id = UUID(primary_key=True)
    article_id = UUID(index=True)
    number = Integer()
    title = Varchar(length=200)
    body = Text()
    language = Varchar(length=2)
    audience = Varchar(length=8)
    category = Varchar(length=80)
    tags = Text()
    at = Timestamptz()
    by_id = UUID()


class ArticleWord(Table, tablename="service_article_word", db=DATA):
    """A word of an article, by which it is found. word: its stem in UTF-8, as bytes: both engines order those alike."""

    id = UUID(primary_key=True)
    article_id = UUID(index=True)
    word = Bytea()
    weight = Integer()
