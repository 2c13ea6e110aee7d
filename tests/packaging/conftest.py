"""One new environment for all of these tests."""

from __future__ import annotations

import pytest

from tests.packaging.fresh import Fresh, make_fresh


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    return make_fresh(tmp_path_factory.mktemp("fresh"))
