"""How often the database is asked: the number belongs into the test of every list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from confida_core.installation import Installation

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def queries(crm: Installation) -> Queries:
    """`with queries() as asked:` collects every statement that the data are asked while the block lasts."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        asked: list[str] = []
        observer = asked.append
        crm.data.observers.append(observer)
        try:
            yield asked
        finally:
            crm.data.observers.remove(observer)

    return count
