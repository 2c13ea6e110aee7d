"""Our own resources, each in a module of this folder that lists them as RESOURCES."""

from __future__ import annotations

import importlib
import importlib.util

from confida_web.rest.declarations import ApiResource

MODULES = ("contacts", "relationships", "interactions", "tasks", "consents", "requests")


def own_resources() -> list[ApiResource]:
    found: list[ApiResource] = []
    for name in MODULES:
        if importlib.util.find_spec(f"confida_web.rest.{name}") is not None:
            found += importlib.import_module(f"confida_web.rest.{name}").RESOURCES
    return found
