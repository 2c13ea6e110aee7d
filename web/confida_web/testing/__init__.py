"""The test kit: fixtures for tests of plugins, on a real installation and on both databases.

pytest finds it by itself (entry point `confida`), and it stays silent until a project sets `confida_plugins` in its
configuration of pytest. The names below are for annotations; importing this package imports neither pytest nor the
application. See docs/plugins/testing.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confida_web.testing.assertions import AssertErased, AssertExported, AssertSealed
    from confida_web.testing.browser import Browser, token_in
    from confida_web.testing.clients import AsPerson, AsProgram, AsRole
    from confida_web.testing.installations import MakeContact
    from confida_web.testing.programs import Program
    from confida_web.testing.queries import Queries

__all__ = [
    "AsPerson",
    "AsProgram",
    "AsRole",
    "AssertErased",
    "AssertExported",
    "AssertSealed",
    "Browser",
    "MakeContact",
    "Program",
    "Queries",
    "token_in",
]

_PLACES = {
    "assertions": ("AssertErased", "AssertExported", "AssertSealed"),
    "browser": ("Browser", "token_in"),
    "clients": ("AsPerson", "AsProgram", "AsRole"),
    "installations": ("MakeContact",),
    "programs": ("Program",),
    "queries": ("Queries",),
}


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
