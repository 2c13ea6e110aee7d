"""The dependency rule: imports go down only, and plugins stay at the api modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
API_MODULES = {"confida_core.api", "confida_consent.api", "confida_web.api"}


def imported(source: str) -> Iterator[str]:
    """Every module that this source imports, wherever in the file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def strays(source: str, own_package: str) -> list[str]:
    """What a plugin imports of Confida besides itself and the api modules."""
    return sorted(
        name
        for name in imported(source)
        if name.split(".")[0].startswith("confida_") and name.split(".")[0] != own_package and name not in API_MODULES
    )


def test_contracts_of_the_layers_are_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_plugins_import_the_api_modules_only() -> None:
    found = {
        str(path.relative_to(ROOT)): strays(path.read_text(), path.relative_to(ROOT / "plugins").parts[0])
        for path in (ROOT / "plugins").rglob("*.py")
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_plugin_that_reaches_past_the_api_is_found() -> None:
    source = (
        "from confida_core.api import Contact\nimport confida_core.vault.keyring\nfrom confida_sales.deals import x\n"
    )
    assert strays(source, "confida_membership") == ["confida_core.vault.keyring", "confida_sales.deals"]


def test_only_settings_reads_the_environment() -> None:
    found = []
    for package in ("core", "consent", "web", "plugins"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                reads = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
                if reads and path.name not in {"settings.py"}:
                    found.append(path.relative_to(ROOT).as_posix())
    # Piccolo finds its engine through a variable, which is set there before anything asks; nothing is read.
    assert sorted(set(found)) == ["core/confida_core/storage/migrations.py"]
