"""A plugin's settings: from which place each value comes, what is refused, and that a secret is never shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from confida_core.api import (
    Access,
    Actor,
    Forbidden,
    InvalidContent,
    NotFound,
    PluginError,
    PluginInfo,
    Secret,
    SettingsModel,
    hookimpl,
    new_id,
    plugin_settings,
)
from confida_core.installation import open_installation
from confida_core.plugin_settings.model import Secret as SameSecret
from confida_core.plugin_settings.reading import forget_plugin_settings, save_plugin_settings, setting_values
from confida_core.registry import load_registry
from confida_core.settings import InvalidSettings, read_settings
from tests.cases import in_one_installation

pytestmark = pytest.mark.anyio


class ClubSettings(msgspec.Struct, frozen=True):
    fee_minor: Annotated[int, Meta(ge=0, le=100_000, title="Yearly fee", description="In cents.")] = 2_500
    greeting: Annotated[str, Meta(max_length=40)] = "Welcome"
    reminders: bool = True
    pace: Literal["monthly", "yearly"] = "yearly"
    towns: tuple[str, ...] = ()
    api_token: Secret = ""


def plugin_of(model: Any, key: str = "club") -> Any:
    """A module that declares this struct."""
    module = ModuleType(f"confida_{key}")
    module.plugin_info = hookimpl(lambda: PluginInfo(key=key, name=key, summary=""))  # type: ignore[attr-defined]
    module.settings_model = hookimpl(lambda: SettingsModel(model=model))  # type: ignore[attr-defined]
    return module


def registry_of(*plugins: Any) -> Any:
    from confida_core import hooks

    return load_registry((), built_in=[hooks, *plugins])


@pytest.fixture
async def club(settings: Any) -> AsyncIterator[Any]:
    async with open_installation(settings, registry_of(plugin_of(ClubSettings))) as installation:
        yield installation


def administrator() -> Access:
    return Access(
        actor=Actor(id=new_id(), permissions=frozenset({"settings.manage"})), purpose="security", where="test"
    )


async def origins(crm: Any) -> dict[str, tuple[Any, str]]:
    return {one.field.name: (one.value, one.origin) for one in await setting_values(crm, "club")}


async def test_settings_nobody_chose_are_the_defaults(club: Any) -> None:
    assert await plugin_settings(club, ClubSettings) == ClubSettings()
    assert {origin for _, origin in (await origins(club)).values()} == {"default"}


async def test_fields_are_described_by_the_struct(club: Any) -> None:
    fields = [one.field for one in await setting_values(club, "club")]
    assert [(one.name, one.label, one.hint, one.kind, one.choices) for one in fields] == [
        ("fee_minor", "Yearly fee", "In cents.", "number", ()),
        ("greeting", "Greeting", "", "text", ()),
        ("reminders", "Reminders", "", "yes_no", ()),
        ("pace", "Pace", "", "choice", ("monthly", "yearly")),
        ("towns", "Towns", "", "lines", ()),
        ("api_token", "Api token", "", "secret", ()),
    ]
    assert Secret is SameSecret


async def test_what_is_saved_on_the_page_holds_at_once_and_is_sealed(club: Any) -> None:
    typed = {
        "fee_minor": "3000",
        "greeting": "Moin",
        "reminders": "no",
        "pace": "monthly",
        "towns": "Kiel\n Ulm \n",
        "api_token": "t0ps3cret-token",
    }
    await save_plugin_settings(club, administrator(), "club", typed)
    assert await plugin_settings(club, ClubSettings) == ClubSettings(
        3_000, "Moin", False, "monthly", ("Kiel", "Ulm"), "t0ps3cret-token"
    )
    assert {origin for _, origin in (await origins(club)).values()} == {"page"}
    rows = await club.data.fetch("SELECT sealed FROM plugin_setting")
    assert [b"t0ps3cret" in bytes(row["sealed"]) for row in rows] == [False]


async def test_a_value_like_the_default_is_not_kept(club: Any) -> None:
    await save_plugin_settings(club, administrator(), "club", {"greeting": "Moin", "towns": "Kiel"})
    await save_plugin_settings(club, administrator(), "club", {"greeting": "Welcome"})
    found = await origins(club)
    assert (found["greeting"], found["towns"]) == (("Welcome", "default"), (("Kiel",), "page"))


async def test_a_secret_stays_until_it_is_replaced_or_forgotten(club: Any) -> None:
    await save_plugin_settings(club, administrator(), "club", {"api_token": "first"})
    await save_plugin_settings(club, administrator(), "club", {"api_token": "", "greeting": "Moin"})
    assert (await plugin_settings(club, ClubSettings)).api_token == "first"
    await save_plugin_settings(club, administrator(), "club", {"api_token": ""}, forget={"api_token"})
    assert (await plugin_settings(club, ClubSettings)).api_token == ""


async def test_environment_wins_over_file_file_over_page(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.home / "config.toml").write_text(
        '[plugin.club]\nfee_minor = 1\ngreeting = "File"\ntowns = ["Kiel", "Ulm"]\n'
    )
    (tmp_path / "token").write_text("from a file\n")
    monkeypatch.setenv("CONFIDA_CLUB_FEE_MINOR", "7")
    monkeypatch.setenv("CONFIDA_CLUB_API_TOKEN_FILE", str(tmp_path / "token"))
    given = {name: getattr(settings, name) for name in ("home", "region", "database_url", "keyring_url")}
    async with open_installation(read_settings(**given), registry_of(plugin_of(ClubSettings))) as crm:
        await save_plugin_settings(crm, administrator(), "club", {"greeting": "Page", "pace": "monthly"})
        assert await origins(crm) == {
            "fee_minor": (7, "environment"),
            "greeting": ("File", "config.toml"),
            "reminders": (True, "default"),
            "pace": ("monthly", "page"),
            "towns": (("Kiel", "Ulm"), "config.toml"),
            "api_token": ("from a file", "environment"),
        }


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ("fee_minor = -5", r"plugin\.club\.fee_minor \(config.toml\)"),
        ('fee_minor = "hunter2"', r"plugin\.club\.fee_minor"),
        ('api_token = "hunter2"', r"plugin\.club\.api_token is a secret.*CONFIDA_CLUB_API_TOKEN_FILE"),
        ('api_token_file = "/nowhere/hunter"', r"plugin\.club\.api_token_file names"),
        ('pace = "hunter2"', r"plugin\.club\.pace \(config.toml\): Choose one of these: monthly, yearly"),
        ('reminders = "hunter2"', r"plugin\.club\.reminders \(config.toml\): Say yes or no"),
        ("towns = 5", r"plugin\.club\.towns \(config.toml\): It must be a list of texts"),
        ("fees = 5", r"plugin\.club\.fees: there is no such setting"),
    ],
)
async def test_a_wrong_value_outside_stops_the_start_and_is_not_repeated(
    settings: Any, section: str, named: str
) -> None:
    (settings.home / "config.toml").write_text(f"[plugin.club]\n{section}\n")
    given = {name: getattr(settings, name) for name in ("home", "region", "database_url", "keyring_url")}
    with pytest.raises(InvalidSettings, match=named) as refused:
        async with open_installation(read_settings(**given), registry_of(plugin_of(ClubSettings))):
            pass
    assert "hunter2" not in str(refused.value)


@in_one_installation(
    ("field", "typed", "said"),
    [
        ("fee_minor", "many", "Yearly fee: It must be a whole number."),
        ("fee_minor", "2.5", "Yearly fee: It must be a whole number."),
        ("fee_minor", "-1", "Yearly fee: It must be at least 0."),
        ("fee_minor", "100001", "Yearly fee: It must be at most 100000."),
        ("greeting", "x" * 41, "Greeting: It must have at most 40 characters."),
        ("pace", "hunter2", "Pace: Choose one of these: monthly, yearly."),
        ("reminders", "hunter2", "Reminders: Say yes or no."),
    ],
)
async def test_wrong_value_typed_is_refused_in_words_and_not_repeated(
    club: Any, field: str, typed: str, said: str
) -> None:
    with pytest.raises(InvalidContent) as refused:
        await save_plugin_settings(club, administrator(), "club", {field: typed, "towns": "Kiel"})
    assert refused.value.errors == {field: said}
    assert await plugin_settings(club, ClubSettings) == ClubSettings()


async def test_saving_needs_the_permission_and_a_plugin_with_settings(club: Any) -> None:
    with pytest.raises(Forbidden):
        await save_plugin_settings(club, Access(actor=Actor(id=new_id()), purpose="security", where="test"), "club", {})
    with pytest.raises(NotFound):
        await save_plugin_settings(club, administrator(), "contacts", {})


async def test_forgotten_settings_are_gone_with_their_key(club: Any) -> None:
    await save_plugin_settings(club, administrator(), "club", {"greeting": "Moin"})
    assert len(await club.data.fetch("SELECT id FROM plugin_setting")) == 1
    keys = len(await club.data.fetch("SELECT id FROM shared_key"))
    await forget_plugin_settings(club, "club")
    assert await club.data.fetch("SELECT id FROM plugin_setting") == []
    assert len(await club.data.fetch("SELECT id FROM shared_key")) == keys - 1
    assert await plugin_settings(club, ClubSettings) == ClubSettings()


class Demanding(msgspec.Struct, frozen=True):
    town: str


class Nested(msgspec.Struct, frozen=True):
    inner: dict[str, str] = {}


class Loose(msgspec.Struct):
    town: str = ""


class Host(msgspec.Struct, frozen=True):
    host: str = ""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Demanding, "field town has no default"),
        (Nested, "field inner is not str"),
        (Loose, "frozen=True"),
        (dict, "frozen=True"),
    ],
)
def test_a_struct_that_no_page_can_show_stops_the_start(model: Any, reason: str) -> None:
    with pytest.raises(PluginError, match=rf"confida .* \(plugin club\).*settings_model.*{reason}"):
        registry_of(plugin_of(model))


def test_two_settings_of_one_name_in_the_environment_stop_the_start() -> None:
    with pytest.raises(PluginError, match="CONFIDA_SMTP_HOST, which is a setting of Confida itself"):
        registry_of(plugin_of(Host, "smtp"))
