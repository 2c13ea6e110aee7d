"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import TableDeclaration
from confida_sales.bought.content import CUSTOMER_VALUE
from confida_sales.bought.tables import Computation, SuggestionRule

RECORDS = (CUSTOMER_VALUE,)
TABLES = (
    TableDeclaration(
        table=SuggestionRule, subject_free="Counts over at least five people, none of whom can be told from them."
    ),
    TableDeclaration(table=Computation, subject_free="Counts and times.", clear={"key": "one of two words"}),
)
