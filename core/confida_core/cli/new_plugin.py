"""`confida new-plugin`: a plugin that works, with everything a plugin usually has, to be changed into yours."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from pathlib import Path

import click

from confida_core.cli.program import Program, named, pass_program

# As long as every name made of it stays within what PostgreSQL can tell apart.
LONGEST_KEY = 30
WELL_FORMED = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@click.command("new-plugin")
@click.argument("key")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to make; it must not exist or be empty (default: confida-<key> here).",
)
@pass_program
def new_plugin(program: Program, key: str, into: Path | None) -> None:
    """Write a plugin that works: one sealed record, panel, pages, settings, purpose, and tests. KEY names it for good."""
    check_key(key, program)
    folder = into or Path(f"confida-{key.replace('_', '-')}")
    check_folder(folder)
    for path, text in files_of(key):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    click.echo(f"The plugin {key} is in {folder}. To see that it works:\n")
    click.echo(f"    cd {folder}\n    pip install -e '.[dev]'\n    pytest\n    confida plugins enable {key}\n")
    click.echo("Its README.md says what is where, and what to look at before you publish it.")


def check_key(key: str, program: Program) -> None:
    """Raises ClickException if it cannot be the prefix of everything that the plugin owns."""
    if not WELL_FORMED.fullmatch(key) or len(key) > LONGEST_KEY:
        raise click.ClickException(
            f"{key!r} cannot be the key of a plugin: small letters, digits and single underscores between them, "
            f"a letter first, at most {LONGEST_KEY} characters, such as membership or tax_receipts"
        )
    if keyword.iskeyword(key) or key in sys.stdlib_module_names or hasattr(builtins, key):
        raise click.ClickException(f"{key!r} is a word of Python itself; choose another, such as {key}_records")
    owner = owner_of(key, program)
    if owner:
        raise click.ClickException(
            f"the key {key!r} is taken by {owner}; choose another, or uninstall that plugin first"
        )


def owner_of(key: str, program: Program) -> str:
    """Who has this key already: Confida or a plugin that is installed here; "" if nobody."""
    from importlib import metadata

    from confida_core.registry import ENTRY_POINTS

    if key in own_words(program):
        return "Confida"
    points = [point for point in metadata.entry_points(group=ENTRY_POINTS) if point.name == key]
    return next((f"{point.dist.name} {point.dist.version}" for point in points if point.dist), "")


def own_words(program: Program) -> set[str]:
    """What our own tables, permissions, purposes and settings begin with."""
    from importlib import import_module

    from confida_core.hookspecs import CoreHooks
    from confida_core.registry import load_registry
    from confida_core.settings import Settings

    specifications = [CoreHooks, *map(named, program.specifications)]
    built_in = [import_module(name) for name in program.built_in]
    registry = load_registry((), built_in=built_in, specifications=specifications)
    tables = {table._meta.tablename for app in registry.apps for table in app.tables}
    keys = {key.split(".")[0] for key in (*registry.permissions, *registry.purposes, *registry.jobs)}
    plugins = {plugin.info.key for plugin in registry.plugins}
    return plugins | keys | {name.split("_")[0] for name in tables} | set(Settings.model_fields) | {"web", "confida"}


def check_folder(folder: Path) -> None:
    """Raises ClickException if something is there that would be overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is there already and not empty; nothing was written")


def files_of(key: str) -> list[tuple[Path, str]]:
    """(path below the new folder, text) of every file of the plugin, in order of their paths."""
    from string import Template

    place, words = Path(__file__).parents[1] / "scaffold", words_for(key)
    return [
        (path_for(path.relative_to(place), words), Template(path.read_text("utf-8")).substitute(words))
        for path in sorted(place.rglob("*.template"))
    ]


def words_for(key: str) -> dict[str, str]:
    """What stands for each placeholder."""
    from confida_core.clock import now
    from confida_core.declarations import API
    from confida_core.registry import own_version

    return {
        "key": key,
        "variable": key.upper(),
        "package": f"confida_{key}",
        "distribution": f"confida-{key.replace('_', '-')}",
        "title": key.replace("_", " ").capitalize(),
        "date": f"{now():%Y_%m_%d}",
        "confida": own_version(),
        "api": str(API),
    }


def path_for(path: Path, words: dict[str, str]) -> Path:
    """Where a template's file goes."""
    names = {"package": words["package"], "KEY": words["key"], "gitignore.template": ".gitignore"}
    parts = [names.get(part, part.removesuffix(".template")) for part in path.parts]
    return Path(*parts[:-1], parts[-1].replace("KEY", words["key"]).replace("DATE", words["date"]))
