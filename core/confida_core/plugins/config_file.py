"""The list of enabled plugins in config.toml; the rest of that file, comments included, stays as it is."""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confida_core.settings import Settings
from confida_core.storage.files import write_durably

LOCK_FILE = ".config-lock"
NAME = "config.toml"


class DecidedElsewhere(Exception):
    """Which plugins are enabled is not decided in config.toml, or it cannot be written; says where, and what to do."""


def configured_plugins(settings: Settings) -> tuple[str, ...]:
    """What the next start will enable: as it stands in config.toml now, or as the environment says.

    Raises DecidedElsewhere if the file cannot be read as it should.
    """
    if by_environment(settings):
        return settings.plugins
    return listed(read(settings.home / NAME))


def by_environment(settings: Settings) -> bool:
    try:
        return settings.origin_of("plugins") == "environment"
    except tomllib.TOMLDecodeError:
        # Somebody is editing the file; the environment is asked before it.
        return False


def read(path: Path) -> str:
    try:
        return path.read_text("utf-8") if path.exists() else ""
    except (OSError, UnicodeError):
        raise DecidedElsewhere(f"{path} cannot be read") from None


def listed(text: str) -> tuple[str, ...]:
    names = parsed(text).get("plugins", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DecidedElsewhere(f"plugins in {NAME} must be a list of names")
    return tuple(names)


def parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DecidedElsewhere(f"{NAME} is not valid TOML: {error}") from None


def check_writable(settings: Settings, change: str) -> None:
    """Raises DecidedElsewhere where the list is not ours to write. change: such as "enable membership"."""
    if by_environment(settings):
        raise DecidedElsewhere(
            f"the environment variable CONFIDA_PLUGINS decides which plugins are enabled: {change} there, and start again"
        )
    path = (settings.home / NAME).resolve()
    if not os.access(path if path.exists() else path.parent, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise DecidedElsewhere(f"{path} cannot be written: {change} in `plugins` there, and start again")


def change_plugins(settings: Settings, change: Callable[[Sequence[str]], Sequence[str]], what: str) -> tuple[str, ...]:
    """Replace the list by what `change` makes of it; the old file or the new one is there at any moment.

    what: the change in words, for whoever has to make it elsewhere. Raises DecidedElsewhere.
    """
    check_writable(settings, what)
    # Somebody may keep the file elsewhere and have a link to it here.
    path = (settings.home / NAME).resolve()
    with alone(settings.home):
        text = read(path)
        names = tuple(change(listed(text)))
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        if names != listed(text):
            write_durably(path, edited(text, names).encode(), mode=mode)
    return names


def edited(text: str, names: Sequence[str]) -> str:
    """The file with this list and nothing else changed. Raises DecidedElsewhere instead of changing anything else."""
    import tomlkit

    document = tomlkit.parse(text)
    array: Any = document.get("plugins")
    if array is None:
        document["plugins"] = list(names)
    else:
        # One by one, so that what is written beside the others stays.
        for name in [name for name in listed(text) if name not in names]:
            array.remove(name)
        array.extend(name for name in names if name not in listed(text))
    after = tomlkit.dumps(document)
    if parsed(after) != {**parsed(text), "plugins": list(names)}:
        raise DecidedElsewhere(f"{NAME} cannot be edited safely: write plugins = {list(names)} into it yourself")
    return after


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """One program at a time reads the list and writes it."""
    handle = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
