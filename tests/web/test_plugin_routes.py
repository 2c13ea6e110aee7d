"""A plugin whose pages nobody guards is refused where it is loaded, and so before it is enabled."""

from __future__ import annotations

from pathlib import Path

import pytest

from confida_core.loaded_plugin import PluginError
from confida_core.settings import read_settings
from confida_web.app import load_everything
from tests.core.plugins.conftest import plugins
from tests.core.plugins.fake import FakePlugins

__all__ = ["plugins"]

HANDLER = """
from litestar import get


@get("{path}"{guarded})
async def members() -> str:
    return ""


@get("/x/membership/more", public=True)
async def more() -> str:
    return ""


@hookimpl
def routes():
    return [members, more]
"""


@pytest.mark.parametrize(
    ("path", "guarded", "refusal"),
    [
        ("/x/membership", ', permission="membership.read"', ""),
        ("/x/membership", "", "names no declared permission and is not public"),
        ("/x/membership", ', permission="sales.read"', "names no declared permission and is not public"),
        ("/members", ', permission="membership.read"', "route /members must begin with /x/membership/"),
        ("/x/membership/more", ", public=True", "both declare routes 'GET /x/membership/more'"),
    ],
)
def test_route_is_checked_with_the_plugins_name(
    plugins: FakePlugins, tmp_path: Path, path: str, guarded: str, refusal: str
) -> None:
    plugins.install(more=HANDLER.format(path=path, guarded=guarded))
    settings = read_settings(home=tmp_path, plugins=("membership",))
    if not refusal:
        assert "membership" in [plugin.info.key for plugin in load_everything(settings).plugins]
        return
    with pytest.raises(PluginError) as refused:
        load_everything(settings)
    assert str(refused.value).startswith("confida-membership 1.0 (plugin membership)")
    assert refusal in str(refused.value)


RESOURCE = """
from confida_web.rest.declarations import ApiResource, Entity


@hookimpl
def api_resources():
    return [ApiResource(key="Members", label="Members", summary="All.", read="membership.read", shape=Entity)]
"""
COMMAND = """
from confida_web.declarations import Command


@hookimpl
def commands():
    return [Command(key="membership.all", label="All", permission="membership.read", href="//example.org")]
"""
SIGNATURE = """
from litestar import get


@get("/x/membership/members", permission="membership.read")
async def members(request):
    return ""


@hookimpl
def routes():
    return [members]
"""


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        (RESOURCE, "API resource 'Members' has a key that is not words"),
        (COMMAND, "command 'membership.all' must lead to a page of this installation"),
        (SIGNATURE, "'request' does not have a type annotation"),
    ],
)
def test_what_would_stop_the_next_start_is_refused_before_it_is_enabled(
    plugins: FakePlugins, tmp_path: Path, more: str, refusal: str
) -> None:
    plugins.install(more=more)
    with pytest.raises(PluginError) as refused:
        load_everything(read_settings(home=tmp_path, plugins=("membership",)))
    assert str(refused.value).startswith("confida-membership 1.0 (plugin membership)")
    assert refusal in str(refused.value)
