"""The process in which a plugin is looked at: started as the program starts it, and as the other tests here have it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from confida_core.loaded_plugin import PluginError
from confida_core.plugins import looking
from confida_web.app import load_everything
from tests.core.plugins.fake import FakePlugins

pytestmark = pytest.mark.anyio
ROUTES = """
from typing import Any

from litestar import Request, Response, get


@get("/x/membership/members", permission="membership.read")
async def members(request: Request[Any, Any, Any]) -> Response[Any]:
    return Response("the members")


@hookimpl
def routes():
    print("said while it was loaded")
    return [members]
"""


@pytest.fixture
def cold_looks(monkeypatch: pytest.MonkeyPatch, warm_looks: None) -> None:
    """As without these tests."""
    monkeypatch.setattr(looking, "subprocess", subprocess)


def question(**given: Any) -> looking.Question:
    """About the plugin `membership` beside everything that is ours, as `look_at` asks it."""
    own = load_everything(Nothing()).loading  # type: ignore[arg-type]
    return looking.Question(
        key="membership",
        enabled=(),
        built_in=tuple(module.__name__ for module in own.built_in),
        specifications=tuple(f"{one.__module__}:{one.__qualname__}" for one in own.specifications),
        path=tuple(sys.path),
        **given,
    )


class Nothing:
    """Settings of an installation without plugins."""

    enabled_plugins = ()


def test_both_answer_the_same(plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins.install(more=ROUTES)
    asked = [question(), question(parked=True)]
    warm = [looking.ask(one) for one in asked]
    monkeypatch.setattr(looking, "subprocess", subprocess)
    cold = [looking.ask(one) for one in asked]
    assert warm == cold
    found, parked = (answer.facts for answer in cold)
    assert found is not None
    assert parked is not None
    assert [route.path for route in found.routes] == ["/x/membership/members"]
    assert (parked.routes, parked.keeps == found.keeps) == ((), True)


REFUSED = {
    "raise ImportError('a library is missing')": r"membership\) cannot be imported: ImportError\('a library is missing'\)",
    "import os; os._exit(3)": "plugin membership ends the process that loads it: 3",
    "import sys; sys.exit('I give up')": "plugin membership ends the process that loads it: I give up",
    "import time; time.sleep(600)": "plugin membership cannot be loaded: it takes longer than 2 seconds",
}


@pytest.mark.parametrize("source", REFUSED)
async def test_plugin_that_fails_there_does_no_harm_here(
    plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    # The others have all the time they need, however busy the machine is.
    monkeypatch.setattr(looking, "SECONDS", 2.0 if "sleep" in source else looking.SECONDS)
    plugins.install(more=source)
    with pytest.raises(PluginError, match=REFUSED[source]):
        await looking.look_at(load_everything(Nothing()), "membership")  # type: ignore[arg-type]


def test_process_that_ends_when_it_is_started_is_told_with_its_code(plugins: FakePlugins, cold_looks: None) -> None:
    plugins.install(more="import os; os._exit(3)")
    assert looking.ask(question()).refused == "plugin membership ends the process that loads it: 3"
