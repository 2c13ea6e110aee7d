"""What the palette offers besides what it finds: places to go to, and things to do at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from confida_core.registry import Declared, PluginError, Registry
from confida_core.vault.access import Actor
from confida_web.declarations import Command, NavDeclaration
from confida_web.search.words import matches_words

IN_PALETTE = 6


def check_commands(declared: Iterable[Declared]) -> None:
    """Raises PluginError for a command that leads out of this installation, or acts in another's place."""
    for item in declared:
        command: Command = item.value
        if bool(command.href) == bool(command.action):
            raise PluginError(f"{item.plugin}: command {command.key!r} needs either href or action")
        target = command.href or command.action
        # Two slashes at the beginning would be another host.
        if not target.startswith("/") or target.startswith("//"):
            raise PluginError(f"{item.plugin}: command {command.key!r} must lead to a page of this installation")
        own = f"/x/{item.plugin.info.key}/"
        if command.action and not item.plugin.built_in and not command.action.startswith(own):
            raise PluginError(f"{item.plugin}: the action of command {command.key!r} must begin with {own}")


def check_list_actions(declared: Iterable[Declared]) -> None:
    """Raises PluginError for one that would hand people to somebody else."""
    for item in declared:
        own = f"/x/{item.plugin.info.key}/"
        if not item.value.action.startswith(own):
            raise PluginError(f"{item.plugin}: list action {item.value.key!r} must post to an address below {own}")


def commands_for(registry: Registry, actor: Actor, words: tuple[str, ...], limit: int = IN_PALETTE) -> list[Command]:
    """What this actor may do that answers to the words, in order; nothing for no words."""
    fitting = (
        one
        for one in all_commands(registry)
        if actor.may(one.permission) and matches_words(" ".join((one.label, *one.keywords)), words)
    )
    return [one for one, _ in zip(fitting, range(limit), strict=False)] if words else []


@lru_cache(maxsize=8)
def all_commands(registry: Registry) -> tuple[Command, ...]:
    """Each address once: what is declared as a command comes before the place of the navigation with the same address."""
    places = (command_of(place) for place in registry.all("nav_items"))
    declared = sorted(registry.all("commands"), key=lambda one: (one.order, one.key))
    found = {one.href or one.action: one for one in [*places, *declared]}
    return tuple(found.values())


def command_of(place: NavDeclaration) -> Command:
    """The same for the palette. Quick add names the thing alone, because it stands behind a plus there."""
    return Command(
        key=place.key,
        label=f"New: {place.label}" if place.quick_add else place.label,
        permission=place.permission,
        href=place.href,
        keywords=("add", "create") if place.quick_add else (),
        icon="plus" if place.quick_add else place.icon,
        order=place.order,
    )
