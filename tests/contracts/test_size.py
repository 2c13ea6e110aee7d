"""The budgets of the house: small files, small functions."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 300
FUNCTION_LINES = 50
MEDIAN_LINES = 9
LARGER_FILES: dict[str, str] = {
    "core/confida_core/api.py": "The list of what plugins may use: names, and nothing is to be run.",
    "core/confida_core/hookspecs.py": "The reference of the hooks: nearly all of it is words and examples, nothing is to be run.",
    "web/confida_web/hookspecs.py": "As above, for the hooks of web.",
    "consent/confida_consent/ledger/verify.py": "One file by intent: people check their receipts with it, without us.",
}
"""Path -> reason. Lists of declarations may be long; programs may not."""


def product_files() -> Iterator[Path]:
    for package in ("core", "consent", "web", "plugins"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and "tests" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(place, lines of code without the docstring) of every function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            doc_lines = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            lines = (node.end_lineno or 0) - node.lineno + 1 - doc_lines
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def test_no_file_is_longer_than_the_budget() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in product_files()}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES and path not in LARGER_FILES} == {}
    assert {path for path in LARGER_FILES if lengths.get(path, 0) <= FILE_LINES} == set(), "take them off the list"


def test_no_function_is_longer_than_the_budget() -> None:
    found = [(place, lines) for path in product_files() for place, lines in functions(path) if lines > FUNCTION_LINES]
    assert found == []


def test_half_of_all_functions_are_very_short() -> None:
    lines = [length for path in product_files() for _, length in functions(path)]
    assert statistics.median(lines) <= MEDIAN_LINES, f"of {len(lines)} functions"


def test_no_drawer_for_everything_exists() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "manager.py", "misc.py", "base.py"}
    assert [str(path.relative_to(ROOT)) for path in product_files() if path.name in drawers] == []


def test_a_long_function_would_be_found(tmp_path: Path) -> None:
    path = ROOT / "core" / "confida_core" / "clock.py"
    assert [name.rpartition(" ")[2] for name, _ in functions(path)] == ["now"]
