"""The example of a plugin in docs/examples, installed and tested as anybody's would be."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.test_imports import imported, strays
from tests.packaging.fresh import ROOT, Fresh
from tests.packaging.visitor import served

EXAMPLES = ROOT / "docs" / "examples"
LOANS = EXAMPLES / "confida_loans"


@pytest.fixture(scope="module")
def project(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the example outside of our tree, installed; it is uninstalled again for the others."""
    folder = tmp_path_factory.mktemp("example") / "confida-loans"
    shutil.copytree(LOANS, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    fresh.run("pip install -e '.[dev]'", folder)
    yield folder
    fresh.run("pip uninstall --yes confida-loans", folder)


def test_example_passes_its_tests_and_its_types(fresh: Fresh, project: Path) -> None:
    printed = fresh.run("pytest\nmypy .", project)
    assert re.search(r"^=+ (\d+) passed in", printed, re.MULTILINE), printed
    assert "Success: no issues found" in printed


def test_example_answers_in_the_running_server_and_on_the_command_line(fresh: Fresh, project: Path) -> None:
    fresh.run("confida init && confida plugins enable loans", project, answer="y\n")
    with served(fresh, "confida serve", project) as olga:
        ada = olga.make_contact("Ada Lovelace")
        made = olga.send("POST", f"/x/loans{ada}", data={"thing": "Strickleiter"})
        assert (made.status_code, made.headers["location"]) == (303, ada)
        assert olga.send("GET", ada).text.count("Strickleiter") == 2
    assert fresh.run("confida loans overdue", project).split() == ["0"]


def test_example_keeps_to_the_api_modules() -> None:
    package, tests = LOANS / "confida_loans", LOANS / "tests"
    found = {path.name: strays(path.read_text(), "confida_loans") for path in package.rglob("*.py")}
    assert {name: names for name, names in found.items() if names} == {}
    of_tests = {name for path in tests.rglob("*.py") for name in strays(path.read_text(), "confida_loans")}
    assert of_tests == {"confida_web.testing"}


def test_example_uses_what_the_scaffold_does_not() -> None:
    hooks = {
        "timeline_sources", "index_fields", "dashboard_widgets", "exporters", "jobs", "event_kinds", "event_handlers",
        "api_resources", "cli_commands", "settings_model",
    }  # fmt: skip
    declared = set(
        re.findall(r"^@hookimpl\ndef (\w+)", (LOANS / "confida_loans" / "plugin.py").read_text(), re.MULTILINE)
    )
    told = set(re.findall(r"^\| `(\w+)` \|", (LOANS / "README.md").read_text(), re.MULTILINE))
    assert hooks <= declared
    assert told == hooks
    assert "confida_web.api" in set(imported((LOANS / "confida_loans" / "plugin.py").read_text()))
