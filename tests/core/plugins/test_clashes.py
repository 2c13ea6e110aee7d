"""Two plugins that want the same are both named, with their distributions and versions."""

from __future__ import annotations

import sys

import pytest

from confida_core import hooks
from confida_core.loaded_plugin import PluginError
from confida_core.plugin_list import installed_plugins
from confida_core.registry import load_registry
from tests.core.plugins.fake import MODULE, FakePlugins


def refused(*names: str) -> str:
    with pytest.raises(PluginError) as error:
        load_registry(names, built_in=[hooks])
    return str(error.value)


def test_two_that_declare_one_table_are_both_named(plugins: FakePlugins) -> None:
    """Tables of `member` may begin as those of `member_card` do."""
    plugins.install("member", module=MODULE.format(key="member").replace('"member_member"', '"member_card_member"'))
    plugins.install("member_card", "0.9")
    assert refused("member", "member_card") == (
        "confida-member 1.0 (plugin member) and confida-member_card 0.9 (plugin member_card) both declare "
        "piccolo_apps 'table member_card_member'"
    )
    assert [plugin.info.key for plugin in load_registry(["member_card"], built_in=[hooks]).plugins][1:] == [
        "member_card"
    ]


def test_plugin_installed_by_two_distributions_is_told_apart(plugins: FakePlugins) -> None:
    plugins.install()
    plugins.install(distribution="better-membership", version="3.1")
    sentence = "plugin membership is installed twice, by better-membership 3.1 and confida-membership 1.0: uninstall one of them"
    assert refused("membership") == sentence
    listed = [one for one in installed_plugins(load_registry([], built_in=[hooks])) if one.key == "membership"]
    assert [one.problem for one in listed] == [sentence]


def test_plugin_with_the_key_of_another_names_both(plugins: FakePlugins) -> None:
    plugins.install("core", distribution="house-core", module=MODULE.format(key="core"))
    text = refused("core")
    assert "house-core 1.0 (plugin core)" in text
    assert "use the same key" in text


def test_entry_point_is_named_as_the_key(plugins: FakePlugins) -> None:
    plugins.install("member", module=MODULE.format(key="membership"))
    assert "its entry point is named member, and must be named membership" in refused("member")


def test_what_comes_with_confida_is_told_from_what_is_built_in(plugins: FakePlugins) -> None:
    plugins.install(distribution="confida", version="9.9")
    registry = load_registry(["membership"], built_in=[hooks])
    assert [(one.key, one.state, one.bundled) for one in installed_plugins(registry)][:2] == [
        ("core", "built in", False),
        ("membership", "enabled", True),
    ]
    foreign = MODULE.format(key="fees").replace('"fees_rate"', '"rate"')
    del sys.modules["confida"]
    plugins.install("fees", distribution="confida", version="9.9", module=foreign)
    assert "the name of table rate must begin with fees_" in refused("fees")
