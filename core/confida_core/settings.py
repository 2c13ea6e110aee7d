"""Every setting, read once, here: from `CONFIDA_*`, then `config.toml` in the home folder, then the defaults below."""

from __future__ import annotations

import os
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from confida_core.vault.unlock import KeyPlaces


class InvalidSettings(Exception):
    """A setting is unknown or has a value it cannot have; names the setting, never its value."""


class Settings(BaseSettings):
    """What an operator may choose. The unlock secret is not here: it is never an environment variable."""

    model_config = SettingsConfigDict(env_prefix="CONFIDA_", extra="forbid", frozen=True)

    home: Path = Field(default=Path("var"), description="Folder of databases, keys, files and backups.")
    database_url: str = Field(default="", description="postgresql://… for the data; empty: SQLite in the home folder.")
    keyring_url: str = Field(default="", description="postgresql://… for the keys, another database than the data's.")
    cipher: bool = Field(default=True, description="Encrypt confida.db and keyring.db as whole files too (SQLCipher).")
    secret_file: Path | None = Field(
        default=None, description="Unlock secret, such as a Docker secret; else keys/unlock.key."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes.")
    public_url: str = Field(default="", description="Base of every absolute link, such as https://crm.example.org.")
    trusted_proxies: str = Field(
        default="", description="Addresses of proxies whose forwarded headers are believed, by comma."
    )
    name: str = Field(default="Confida", max_length=60, description="What this installation is called on its pages.")
    region: str = Field(
        default="", max_length=2, description="Country for phone numbers without one (ISO 3166, such as DE)."
    )
    language: str = Field(default="en", description="Language of pages for people who have not chosen one.")
    time_zone: str = Field(
        default="UTC", description="Time zone in which dates are shown and typed, such as Europe/Berlin."
    )
    plugins: tuple[str, ...] = Field(default=(), description="Names of the plugins that are enabled.")
    no_plugins: bool = Field(
        default=False, description="Safe mode: load none of them; see `confida serve --no-plugins`."
    )
    api_requests_per_minute: int = Field(
        default=600, ge=1, le=1_000_000, description="Requests that each token of the API may make in a minute."
    )
    upload_megabytes: int = Field(default=250, ge=1, le=10_000, description="Largest attachment.")
    mail_from: str = Field(
        default="", description="Sender of all mail, such as crm@example.org or Example <crm@example.org>."
    )
    smtp_host: str = Field(default="", description="Mail server that takes our mail; empty: no mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port, usually 587 or, with tls, 465.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is encrypted; none only for a server on this machine."
    )
    smtp_user: str = Field(default="", description="Name to log in with; empty: no log-in.")
    smtp_password_file: Path | None = Field(
        default=None, description="File with the password, such as a Docker secret; never the password itself."
    )
    smtp_connections: int = Field(
        default=8, ge=1, le=50, description="Connections to it at once, for what is sent to many people."
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="Certificates that vouch for the mail server; else those of the system."
    )
    dkim_selector: str = Field(
        default="", description="Under which key of the domain receivers find ours; empty: mail is not signed by us."
    )
    dkim_domain: str = Field(default="", description="Domain that signs; else that of mail_from.")
    dkim_key_file: Path | None = Field(
        default=None, description="File with the private key (PEM; RSA or Ed25519), such as a Docker secret."
    )
    webhook_private_addresses: tuple[str, ...] = Field(
        default=(),
        description="Networks such as 10.1.2.0/24 to which webhooks may go although they are not on the public internet.",
    )
    webhook_ca_file: Path | None = Field(
        default=None, description="Certificates that vouch for servers that get webhooks, beside those of the system."
    )
    backup_to: Path | None = Field(default=None, description="Folder of data backups; else backups in the home folder.")
    backup_keyring_to: Path | None = Field(
        default=None, description="Folder of the keyring's one copy; else backups/keyring in the home folder."
    )
    backup_recipients: tuple[str, ...] = Field(
        default=(), description="Public keys (age1…) that backups are encrypted to; see `confida backup-key new`."
    )
    backup_at: str = Field(
        default="",
        pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$",
        description="Time of day, such as 02:30, at which the server makes a backup; empty: it makes none by itself.",
    )
    backup_daily: int = Field(default=7, ge=1, le=3660, description="Days of which a backup is kept.")
    backup_weekly: int = Field(default=5, ge=0, le=520, description="Weeks of which a backup is kept.")
    backup_monthly: int = Field(default=12, ge=0, le=1200, description="Months of which a backup is kept.")
    plugin: dict[str, dict[str, Any]] = Field(
        default={}, description="Settings of plugins: sections such as [plugin.membership] of config.toml."
    )

    @field_validator("webhook_private_addresses")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for text in networks:
            ip_network(text)
        return networks

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(init_settings().get("home") or os.environ.get("CONFIDA_HOME") or "var")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / "config.toml")

    @property
    def enabled_plugins(self) -> tuple[str, ...]:
        """What is to be loaded: none in safe mode."""
        return () if self.no_plugins else self.plugins

    def origin_of(self, key: str) -> str:
        """Where the value comes from: environment, config.toml, command line or default."""
        if f"CONFIDA_{key.upper()}" in os.environ:
            return "environment"
        config = self.home / "config.toml"
        if config.exists() and key in tomllib.loads(config.read_text("utf-8")):
            return "config.toml"
        return "command line" if key in self.model_fields_set else "default"

    def plugin_value(self, key: str, name: str) -> tuple[Any, str] | None:
        """What an operator chose for a plugin, and where: from `CONFIDA_<KEY>_<NAME>`, then from [plugin.<key>]; or None."""
        text = os.environ.get(f"CONFIDA_{key}_{name}".upper())
        if text is not None:
            return text, "environment"
        section = self.plugin.get(key, {})
        return (section[name], "config.toml") if name in section else None

    @property
    def key_places(self) -> KeyPlaces:
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        return KeyPlaces(
            root_file=self.home / "keys" / "root.json",
            credential=Path(credentials) / "confida-unlock" if credentials else None,
            secret_file=self.secret_file,
            key_file=self.home / "keys" / "unlock.key",
        )


def read_settings(**given: Any) -> Settings:
    """The settings in force; `given` wins over everything. Raises InvalidSettings naming each setting that is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise InvalidSettings(wrong) from None
