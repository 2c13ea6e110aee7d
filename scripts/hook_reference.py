"""Write docs/plugins/hooks.md from the hookspecs: every hook with what it is for, what it returns, and an example that runs."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from confida_consent import hooks as consent_hooks
from confida_consent.hookspecs import ConsentHooks
from confida_core import hooks as core_hooks
from confida_core.hookspecs import CoreHooks
from confida_core.loaded_plugin import listed
from confida_web import hooks as web_hooks
from confida_web.hookspecs import WebHooks

PAGE = Path(__file__).resolve().parents[1] / "docs" / "plugins" / "hooks.md"
LAYERS: tuple[tuple[str, type, ModuleType], ...] = (
    ("core", CoreHooks, core_hooks),
    ("consent", ConsentHooks, consent_hooks),
    ("web", WebHooks, web_hooks),
)
PRELUDE = """\
from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.api import *
from confida_core.api import *
from confida_web.api import *
"""
PARTS = ("Called", "Returns", "Failure")
HEAD = f"""\
# The hooks

<!-- Written by scripts/hook_reference.py from the hookspecs; change those. -->

A hook is a function of the plugin's module, marked with `hookimpl`. It is called once, when a process starts; it is synchronous,
takes no arguments and has no effects: it returns frozen dataclasses, and whatever is dynamic is an `async` function inside
them. Nothing calls a hook during a request. Confida's own features are declared through the same hooks.

A larger plugin is divided into parts, modules that list what they declare under the hook's name in capitals: see
[parts](#parts).

What a hook returns is checked as soon as it is called. An error stops the start and names the plugin, its version, the file and
line, and what to do; [compatibility](compatibility.md) says how hooks change.

Every example below is run by our tests, each as the module of a plugin `membership`. These lines stand before each of them;
in a plugin of your own, name what you import:

```python
{PRELUDE}```
"""


@dataclass(frozen=True, kw_only=True)
class Hook:
    """One hook, taken apart. parts: "Called", "Returns" and "Failure" -> the words after it. users: layers that implement it."""

    name: str
    layer: str
    summary: str
    parts: dict[str, str]
    example: str
    returns: Any
    users: tuple[str, ...]

    @property
    def declaration(self) -> Any:
        """The dataclass that it returns, or a list of."""
        arguments = typing.get_args(self.returns)
        return arguments[0] if arguments else self.returns


def hooks() -> Iterator[Hook]:
    for layer, specification, _ in LAYERS:
        for name, function in vars(specification).items():
            if not name.startswith("_"):
                yield hook_of(layer, name, function)


def hook_of(layer: str, name: str, function: Callable[..., Any]) -> Hook:
    text = inspect.getdoc(function) or ""
    prose, _, code = text.partition("```python\n")
    paragraphs = re.split(rf"^({'|'.join(PARTS)}): ", prose, flags=re.MULTILINE)
    return Hook(
        name=name,
        layer=layer,
        summary=flowing(paragraphs[0]),
        parts={key: flowing(words) for key, words in zip(paragraphs[1::2], paragraphs[2::2], strict=True)},
        example=code.partition("```")[0],
        returns=typing.get_type_hints(function)["return"],
        users=tuple(key for key, _, module in LAYERS if hasattr(module, name) or listed(module.parts(), name.upper())),
    )


def flowing(text: str) -> str:
    """Paragraphs without the line ends that only the source has."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def worded(returns: Any) -> str:
    arguments = typing.get_args(returns)
    inner = arguments[0] if arguments else returns
    name = "Any" if inner is Any else inner.__name__
    return f"Sequence[{name}]" if arguments else name


def page() -> str:
    found = list(hooks())
    pieces = [HEAD, index(found)]
    for layer, _, _ in LAYERS:
        pieces.append(f"## Hooks of {layer}\n")
        pieces += [entry(hook) for hook in found if hook.layer == layer]
    pieces.append("## What they return\n")
    pieces += [declared(one) for one in declarations(found)]
    return "\n".join(pieces)


def index(found: list[Hook]) -> str:
    rows = [f"| [`{hook.name}`](#{hook.name}) | {first_sentence(hook.summary)} |" for hook in found]
    return "\n".join(["| hook | what it declares |", "| --- | --- |", *rows]) + "\n"


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.])\s", text, maxsplit=1)[0]


def entry(hook: Hook) -> str:
    users = ", ".join(hook.users) or "plugins only"
    lines = [f"### {hook.name}\n", f"`def {hook.name}() -> {worded(hook.returns)}`\n", hook.summary + "\n"]
    lines += [f"- **{key}:** {words}" for key, words in hook.parts.items()]
    return "\n".join([*lines, f"- **Used by:** {users}.\n", f"```python\n{hook.example}```\n"])


def declarations(found: list[Hook]) -> list[type]:
    """Every dataclass, each once, by name."""
    kinds: set[Any] = {hook.declaration for hook in found if dataclasses.is_dataclass(hook.declaration)}
    return sorted(kinds, key=lambda kind: kind.__name__)


def declared(kind: Any) -> str:
    rows = [f"| `{one.name}` | `{typed(one.type)}` | {default(one)} |" for one in dataclasses.fields(kind)]
    table = "\n".join(["| field | type | default |", "| --- | --- | --- |", *rows])
    return f"### {kind.__name__}\n\n{flowing(inspect.getdoc(kind) or '')}\n\n{table}\n"


def typed(annotation: Any) -> str:
    return str(annotation).replace("|", "\\|")


def default(one: Any) -> str:
    if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
        return "needed"
    value = one.default_factory() if one.default is dataclasses.MISSING else one.default
    return "does nothing" if callable(value) else f"`{value!r}`".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE} is written.\n")
