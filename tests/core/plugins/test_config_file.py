"""The list of enabled plugins is changed in config.toml, and nothing else there is."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from confida_core.plugins.config_file import DecidedElsewhere, change_plugins, configured_plugins
from confida_core.settings import read_settings

FULL = """\
# How we run it.
name = "House"   # as on the door
plugins = [
  "sales",  # since 2025
  "letters",
]

[plugin.sales]
# A fee for every deal.
fee = 3
"""


def settings_of(home: Path, text: str) -> Any:
    (home / "config.toml").write_text(text)
    return read_settings(home=home)


def add(name: str) -> Any:
    return lambda names: [*names, name]


def without(name: str) -> Any:
    return lambda names: [one for one in names if one != name]


def test_name_is_added_and_everything_else_stays(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, FULL)
    assert change_plugins(settings, add("membership"), "enable") == ("sales", "letters", "membership")
    text = (tmp_path / "config.toml").read_text()
    assert text == FULL.replace('  "letters",\n', '  "letters",\n  "membership",\n')
    assert configured_plugins(settings) == ("sales", "letters", "membership")
    assert settings.plugins == ("sales", "letters"), "what runs stays as it is until the next start"


def test_name_is_taken_out_and_everything_else_stays(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, FULL)
    assert change_plugins(settings, without("letters"), "disable") == ("sales",)
    assert "".join((tmp_path / "config.toml").read_text().split()) == "".join(FULL.replace('"letters",', "").split())


@pytest.mark.parametrize("text", ["", "# Nothing yet.\n", 'name = "House"\n', "[plugin.sales]\nfee = 3\n"])
def test_list_is_begun_above_every_section(tmp_path: Path, text: str) -> None:
    settings = settings_of(tmp_path, text)
    change_plugins(settings, add("membership"), "enable")
    again = read_settings(home=tmp_path)
    assert (again.plugins, again.name, again.plugin) == (("membership",), settings.name, settings.plugin)
    assert (tmp_path / "config.toml").read_text().replace('plugins = ["membership"]\n', "").strip() == text.strip()


def test_file_that_is_missing_is_made_for_us_alone(tmp_path: Path) -> None:
    change_plugins(read_settings(home=tmp_path), add("membership"), "enable")
    assert (tmp_path / "config.toml").read_text() == 'plugins = ["membership"]\n'
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o600


def test_mode_of_the_file_stays_and_a_link_is_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir()
    (elsewhere / "confida.toml").write_text(FULL)
    (elsewhere / "confida.toml").chmod(0o640)
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").symlink_to(elsewhere / "confida.toml")
    change_plugins(read_settings(home=home), add("membership"), "enable")
    assert (home / "config.toml").is_symlink()
    assert (elsewhere / "confida.toml").stat().st_mode & 0o777 == 0o640
    assert read_settings(home=home).plugins == ("sales", "letters", "membership")


def test_environment_that_decides_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(FULL)
    monkeypatch.setenv("CONFIDA_PLUGINS", '["letters"]')
    settings = read_settings(home=tmp_path)
    with pytest.raises(DecidedElsewhere, match=r"CONFIDA_PLUGINS decides .*: enable membership there"):
        change_plugins(settings, add("membership"), "enable membership")
    assert (tmp_path / "config.toml").read_text() == FULL
    assert configured_plugins(settings) == ("letters",)


def test_file_that_became_invalid_is_left_alone(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, FULL)
    (tmp_path / "config.toml").write_text(broken := FULL + "fee = \n")
    with pytest.raises(DecidedElsewhere, match="not valid TOML"):
        change_plugins(settings, add("membership"), "enable")
    assert (tmp_path / "config.toml").read_text() == broken


def test_two_who_enable_at_once_both_have_their_way(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, FULL)
    names = [f"plugin{number}" for number in range(12)]
    threads = [threading.Thread(target=change_plugins, args=(settings, add(name), "enable")) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(configured_plugins(settings)) == sorted(["sales", "letters", *names])
    assert [name for name in os.listdir(tmp_path) if name.startswith(".config.toml")] == []
