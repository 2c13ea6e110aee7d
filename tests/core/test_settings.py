"""Settings: one reader, clear precedence, and no secret among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from confida_core.settings import InvalidSettings, Settings, read_settings


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CONFIDA_{name.upper()}", raising=False)


def test_environment_wins_over_file_and_argument_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('port = 8100\nname = "Tafel"\nregion = "DE"\n')
    monkeypatch.setenv("CONFIDA_HOME", str(tmp_path))
    monkeypatch.setenv("CONFIDA_NAME", "Food bank")
    found = read_settings(region="FR")
    assert (found.home, found.port, found.name, found.region) == (tmp_path, 8100, "Food bank", "FR")


def test_unknown_key_in_the_file_is_named_but_not_its_value(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('prot = "hunter2"\n')
    with pytest.raises(InvalidSettings, match="prot") as refused:
        read_settings(home=tmp_path)
    assert "hunter2" not in str(refused.value)


def test_value_out_of_range_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="port"):
        read_settings(home=tmp_path, port=0)


def test_no_setting_holds_the_unlock_secret() -> None:
    """Those that speak of keys say where something lies or goes."""
    secrets = [name for name in Settings.model_fields if "key" in name or "secret" in name or "passphrase" in name]
    assert sorted(secrets) == ["backup_keyring_to", "dkim_key_file", "keyring_url", "secret_file"]


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_systemd_credential_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    places = read_settings(home=tmp_path, secret_file=tmp_path / "secret").key_places
    assert places.candidates() == [
        tmp_path / "credentials" / "confida-unlock",
        tmp_path / "secret",
        tmp_path / "keys" / "unlock.key",
    ]
