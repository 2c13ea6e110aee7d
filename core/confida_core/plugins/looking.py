"""What a plugin declares, so that somebody can read it before it is enabled.

A plugin that is not enabled is loaded in a process of its own, which has neither keys nor data and ends at once: what is
only looked at leaves nothing behind in the running program. That is no protection from a plugin that means harm.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from confida_core.declarations import PiccoloApp
from confida_core.loaded_plugin import LoadedPlugin, PluginError
from confida_core.plugins.footprints import Keeps, keeps_of
from confida_core.registry import Registry

# Loading takes a second; the rest is for a machine that has much else to do.
SECONDS = 120.0
OWN = "the person themselves"


class RouteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """permission: its key; `OWN` for a page that people have of themselves, "" for one that everybody may open."""

    path: str
    methods: tuple[str, ...]
    permission: str = ""


class JobFacts(msgspec.Struct, frozen=True, kw_only=True):
    """every: seconds after which it runs again by itself; None if it runs only when queued."""

    key: str
    label: str
    every: int | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Something with a key that people are shown the label of."""

    key: str
    label: str


class PluginFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a plugin declares that somebody should know who decides about it.

    hooks: names of those that it implements. migrations: folder; "" if it has no tables.
    """

    key: str
    name: str
    summary: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    permissions: tuple[Named, ...]
    purposes: tuple[Named, ...]
    routes: tuple[RouteFacts, ...]
    jobs: tuple[JobFacts, ...]
    transports: tuple[str, ...]
    keeps: Keeps
    migrations: str = ""

    @property
    def apps(self) -> list[PiccoloApp]:
        """For running its migrations, which import nothing from it."""
        return [PiccoloApp(name=self.key, migrations=Path(self.migrations), tables=())] if self.migrations else []


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the other process is asked. path: where Python looks for modules. parked: only for its data."""

    key: str
    enabled: tuple[str, ...]
    built_in: tuple[str, ...]
    specifications: tuple[str, ...]
    path: tuple[str, ...]
    parked: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    facts: PluginFacts | None = None
    refused: str = ""


def facts_of(registry: Registry, plugin: LoadedPlugin) -> PluginFacts:
    """What a loaded plugin declares."""

    def mine(*hooks: str) -> list[Any]:
        return [item.value for hook in hooks for item in registry.with_owner(hook) if item.plugin == plugin]

    apps: list[PiccoloApp] = mine("piccolo_apps")
    return PluginFacts(
        key=plugin.info.key,
        name=plugin.info.name,
        summary=plugin.info.summary,
        distribution=plugin.distribution,
        version=plugin.version,
        hooks=tuple(sorted(hook for hook in registry.hooks if mine(hook))),
        permissions=tuple(Named(key=one.key, label=one.label) for one in mine("permissions")),
        purposes=tuple(map(purpose_facts, mine("purposes", "consent_purposes"))),
        routes=tuple(route_facts(one) for one in mine(*route_hooks(registry)) if hasattr(one, "paths")),
        jobs=tuple(JobFacts(key=one.key, label=one.label, every=one.every) for one in mine("jobs")),
        transports=tuple(one.path for one in mine("transports")),
        keeps=keeps_of(registry, plugin),
        migrations=str(apps[0].migrations) if apps else "",
    )


def purpose_facts(purpose: Any) -> Named:
    """A purpose of the door has a label; one that people consent to has a title in each language."""
    label = getattr(purpose, "label", "") or purpose.texts["en"].title
    return Named(key=purpose.key, label=label)


def route_hooks(registry: Registry) -> Iterable[str]:
    return [hook for hook in registry.hooks if hook == "routes" or hook.endswith("_routes")]


def route_facts(handler: Any) -> RouteFacts:
    """Of a handler of whatever web framework there is above."""
    methods = tuple(sorted(str(method) for method in getattr(handler, "http_methods", ())))
    permission = OWN if handler.opt.get("person") is True else str(handler.opt.get("permission", ""))
    return RouteFacts(path=", ".join(sorted(handler.paths)), methods=methods, permission=permission)


async def look_at(registry: Registry, key: str, *, enabled: Sequence[str] = (), parked: bool = False) -> PluginFacts:
    """What this plugin declares, beside our own parts and the enabled ones; so clashes are found too. Raises PluginError.

    parked: as if it was disabled and loaded for its data only.
    """
    loading = registry.loading
    question = Question(
        key=key,
        enabled=tuple(name for name in enabled if name != key),
        built_in=tuple(module.__name__ for module in loading.built_in),
        specifications=tuple(f"{one.__module__}:{one.__qualname__}" for one in loading.specifications),
        path=tuple(sys.path),
        parked=parked,
    )
    answer = await asyncio.to_thread(ask, question)
    if answer.facts is None:
        raise PluginError(answer.refused)
    return answer.facts


def ask(question: Question) -> Answer:
    command = [sys.executable, "-c", "from confida_core.plugins.looking import main; main()"]
    try:
        done = subprocess.run(  # noqa: S603 -- Our own interpreter and our own module.
            command, input=msgspec.json.encode(question), capture_output=True, timeout=SECONDS, check=False
        )
        return msgspec.json.decode(done.stdout, type=Answer)
    except subprocess.TimeoutExpired:
        return Answer(refused=f"plugin {question.key} cannot be loaded: it takes longer than {SECONDS:.0f} seconds")
    except msgspec.DecodeError:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:300]
        return Answer(refused=f"plugin {question.key} ends the process that loads it: {last or done.returncode}")


def main() -> None:
    """The other process: question on standard input, answer on standard output."""
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    # Whatever a plugin prints must not get into the answer.
    answers = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(answers, "wb") as target:
        target.write(msgspec.json.encode(answered(question)))


def answered(question: Question) -> Answer:
    from confida_core.registry import load_registry

    sys.path[:] = question.path
    try:
        registry = load_registry(
            [*question.enabled, *([] if question.parked else [question.key])],
            built_in=[importlib.import_module(name) for name in question.built_in],
            specifications=[attribute(*place.split(":")) for place in question.specifications],
            parked=[question.key] if question.parked else [],
        )
    except PluginError as error:
        return Answer(refused=str(error))
    return Answer(facts=facts_of(registry, loaded(registry, question.key)))


def attribute(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def loaded(registry: Registry, key: str) -> LoadedPlugin:
    return next(plugin for plugin in registry.plugins if plugin.info.key == key)


__all__ = ["JobFacts", "Named", "PluginFacts", "RouteFacts", "facts_of", "look_at", "main"]
