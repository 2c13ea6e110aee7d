"""docs/plugins/tutorial.md, command by command, in a new environment with the built wheel."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

from tests.contracts.test_imports import imported
from tests.packaging.fresh import ROOT, Fresh
from tests.packaging.visitor import served

TUTORIAL = ROOT / "docs" / "plugins" / "tutorial.md"
ALLOWED = {
    "confida_core.api", "confida_consent.api", "confida_web.api", "confida_web.testing", "litestar", "msgspec", "piccolo",
    "pytest", "confida_membership",
}  # fmt: skip
WHERE = "import confida_core, confida_consent, confida_web; print(confida_core.__file__, confida_consent.__file__, confida_web.__file__)"


def commands() -> list[str]:
    """Every command of the tutorial, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", TUTORIAL.read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_confida_of_the_new_environment_is_that_of_the_wheel(fresh: Fresh, tmp_path: Path) -> None:
    places = fresh.run(f"python -c '{WHERE}'", tmp_path).split()
    assert [place for place in places if not Path(place).is_relative_to(fresh.folder)] == []
    assert len(places) == 3


def test_tutorial_leads_to_a_panel_in_the_running_server(fresh: Fresh, tmp_path: Path) -> None:
    said = commands()
    assert [line for line in said if line in {"pytest", "mypy .", "confida plugins enable membership"}] == [
        "pytest", "mypy .", "confida plugins enable membership",
    ]  # fmt: skip
    assert said[-1] == "confida serve"
    printed = fresh.run("\n".join(said[:-1]), tmp_path, answer="y\n")
    assert re.search(r"^=+ (\d+) passed in", printed, re.MULTILINE), printed
    assert "Success: no issues found" in printed
    assert "GET /my/x/membership: the person themselves" in printed
    project = tmp_path / "confida-membership"
    with served(fresh, said[-1], project) as olga:
        ada = olga.make_contact("Ada Lovelace")
        before = olga.send("GET", ada).text
        assert ("Membership" in before, "Zwetschgenkuchen" in before) == (True, False)
        olga.send("POST", f"/x/membership{ada}/new", data={"summary": "Zwetschgenkuchen"})
        assert "Zwetschgenkuchen" in olga.send("GET", ada).text
        assert "Zwetschgenkuchen" in olga.send("GET", "/x/membership").text


def test_what_was_written_imports_nothing_but_what_it_may(fresh: Fresh, tmp_path: Path) -> None:
    fresh.run("confida new-plugin tax_receipts --into made", tmp_path)
    found = set()
    for path in (tmp_path / "made").rglob("*.py"):
        ast.parse(path.read_text())
        found |= set(imported(path.read_text()))
    allowed = ALLOWED | {"confida_tax_receipts"}
    outside = {name for name in found if name not in allowed and name.split(".")[0] not in allowed}
    assert outside <= {"__future__", "collections.abc", "dataclasses", "datetime", "pathlib", "typing", "uuid"}
    assert {name for name in found if name.split(".")[0].startswith("confida_")} <= {
        name for name in found if name in allowed or name.startswith("confida_tax_receipts.")
    }


def test_no_placeholder_is_left(fresh: Fresh, tmp_path: Path) -> None:
    fresh.run("confida new-plugin tax_receipts --into made", tmp_path)
    files = [path for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert [path for path in files if re.search(r"\$[{\w]|KEY|DATE", path.read_text() + path.name)] == []
    assert 'title: ClassVar[str] = "Tax receipts"' in (tmp_path / "made/confida_tax_receipts/pages.py").read_text()


REFUSED = {
    "Membership": "small letters",
    "9lives": "a letter first",
    "a__b": "single underscores",
    "x" * 31: "at most 30",
    "class": "a word of Python itself",
    "json": "a word of Python itself",
    "contact": "taken by Confida",
    "outbound": "taken by Confida",
    "home": "taken by Confida",
}
# One process for all: each would spend a second on its start.
ALL = """
import sys
from confida_web.cli import main

for key in sys.argv[1:]:
    sys.argv = ["confida", "new-plugin", key]
    try:
        main()
    except SystemExit as end:
        print(f"-- {end.code}", flush=True)
"""


def test_keys_that_cannot_be_are_refused_with_the_reason(fresh: Fresh, tmp_path: Path) -> None:
    printed = fresh.run(f"python -c {shlex.quote(ALL)} {' '.join(REFUSED)} 2>&1", tmp_path)
    answers = printed.split("-- 1\n")[:-1]
    told = zip(REFUSED.values(), answers, strict=True)
    assert [(reason, answer) for reason, answer in told if reason not in " ".join(answer.split())] == []
    assert list(tmp_path.iterdir()) == []


def test_folder_with_something_in_it_is_left_alone(fresh: Fresh, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(RuntimeError, match="there already and not empty; nothing was written"):
        fresh.run("confida new-plugin tax_receipts --into mine", tmp_path)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_key_of_a_plugin_that_is_installed_is_taken(fresh: Fresh, tmp_path: Path) -> None:
    fresh.run("confida new-plugin bees && pip install -e confida-bees", tmp_path)
    try:
        with pytest.raises(RuntimeError, match=r"taken by confida-bees 0\.1\.0"):
            fresh.run("confida new-plugin bees --into other", tmp_path)
    finally:
        fresh.run("pip uninstall --yes confida-bees", tmp_path)
