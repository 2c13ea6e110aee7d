"""`confida import` and `confida export` as an operator uses them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.shared_data import shared

PEOPLE = "Name,E-mail,Shoe size\nAda Example,ada@example.org,38\nMats Example,mats@example.org,44\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def contacts(shell: Any, tmp_path: Path) -> list[str]:
    """Names of everybody, by way of an export."""
    target = tmp_path / "all.vcf"
    shell("export", "--output", str(target))
    return sorted(line[3:] for line in target.read_text().splitlines() if line.startswith("FN:"))


def test_files_come_in_are_listed_and_taken_back(shell: Any, people: Path, tmp_path: Path) -> None:
    first = shell.json("import", str(people), str(shared("vcard/ez-vcard/gmail-list.vcf")), "--yes")
    assert [(run["file"], run["state"], run["created"], run["invalid"]) for run in first] == [
        ("people.csv", "done", 2, 0),
        ("gmail-list.vcf", "done", 3, 0),
    ]
    listed = shell.json("import", "--list")
    assert [run["id"] for run in listed] == [run["id"] for run in reversed(first)]
    assert len(contacts(shell, tmp_path)) == 5
    undone = shell.json("import", "--undo", first[0]["id"], "--yes")
    assert undone == [{"id": first[0]["id"], "state": "undone", "taken_back": 2, "kept_rows": []}]
    assert contacts(shell, tmp_path) == ["Arnold Smith", "Chris Beatle", "Doug White"]
    shell("import", "--undo", first[0]["id"], "--yes", code=1)


def test_dry_run_says_what_would_happen_and_leaves_nothing(shell: Any, people: Path, tmp_path: Path) -> None:
    assert shell.json("import", str(people), "--dry-run") == [
        {"file": "people.csv", "state": "previewed", "new": 2, "matched": 0, "invalid": 0, "groups": 0}
    ]
    assert shell.json("import", "--list") == []
    assert contacts(shell, tmp_path) == []
    assert [path for path in (shell.home / "files").rglob("*") if path.is_file()] == []


def test_nothing_is_written_before_somebody_says_yes(shell: Any, people: Path, tmp_path: Path) -> None:
    assert "2 new" in shell("import", str(people), typed="n\n").stdout
    assert contacts(shell, tmp_path) == []
    shell("import", str(people), code=1)
    assert shell.json("import", "--list") == []


def test_second_time_everybody_is_here_already(shell: Any, people: Path) -> None:
    shell("import", str(people), "--yes")
    again = shell.json("import", str(people), "--yes")[0]
    assert (again["created"], again["duplicates"]) == (0, 2)
    doubled = shell.json("import", str(people), "--yes", "--duplicates", "create")[0]
    assert (doubled["created"], doubled["duplicates"]) == (2, 0)


def test_mapping_file_changes_single_columns(shell: Any, people: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Shoe size": "nickname"}))
    shell("import", str(people), "--yes", "--mapping", str(mapping))
    target = tmp_path / "all.vcf"
    shell("export", "--output", str(target), "--search", "ada exa")
    assert [line for line in target.read_text().splitlines() if line.startswith("NICK")] == ["NICKNAME:38"]


@pytest.mark.parametrize("mapping", ['{"Shoe size": "nowhere"}', '{"Hat": "nickname"}'])
def test_mapping_that_does_not_fit_stops_before_anything_is_written(
    shell: Any, people: Path, tmp_path: Path, mapping: str
) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(mapping)
    shell("import", str(people), "--yes", "--mapping", str(file), code=1)
    assert shell.json("import", "--list") == []


def test_unreadable_file_is_refused_and_the_others_come_in(shell: Any, people: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    results = shell.json("import", str(empty), str(people), "--yes", code=1)
    assert [(each["state"], each.get("created")) for each in results] == [("refused", None), ("done", 2)]
    assert "The file is empty." in shell("import", str(empty), "--yes", code=1).stderr


def test_rows_that_failed_have_an_exit_code_and_a_report_of_their_own(shell: Any, tmp_path: Path) -> None:
    file, report = tmp_path / "some.csv", tmp_path / "report.csv"
    file.write_text(PEOPLE + ",,\n")
    assert "row 4: " in shell("import", str(file), "--yes", "--report", str(report), code=6).stdout
    assert (report.stat().st_mode & 0o777, report.read_text().count("not imported")) == (0o600, 1)


def test_interrupted_import_goes_on(shell: Any, people: Path, settings: Any, tmp_path: Path) -> None:
    run_id = asyncio.run(started(settings, people.read_bytes()))
    assert shell.json("import", "--list")[0]["state"] == "running"
    assert shell.json("import", "--resume", str(run_id))[0]["created"] == 2
    assert len(contacts(shell, tmp_path)) == 2


async def started(settings: Any, data: bytes) -> Any:
    """An import that somebody started and that stopped before its first batch."""
    from confida_core import hooks
    from confida_core.exchange.imports import ImportOptions, receive_import, start_import
    from confida_core.exchange.imports_records import Duplicates
    from confida_core.exchange.preview import preview_import
    from confida_core.installation import open_installation
    from confida_core.registry import load_registry
    from confida_core.storage.sealed_files import only
    from confida_core.vault.access import SYSTEM_ID, Access, Actor

    registry = load_registry((), built_in=[hooks])
    access = Access(
        actor=Actor(id=SYSTEM_ID, permissions=frozenset(registry.permissions)), purpose="import_export", where="test"
    )
    async with open_installation(settings, registry) as crm:
        run_id = await receive_import(crm, access, "people.csv", only(data), ImportOptions(origin="other"))
        await preview_import(crm, access, run_id)
        await start_import(crm, access, run_id, Duplicates.SKIP, queue=False)
    return run_id


def test_export_for_somebody_else_asks_the_gates(shell: Any, people: Path, tmp_path: Path) -> None:
    shell("import", str(people), "--yes")
    target = tmp_path / "handed.vcf"
    handed = ("--recipient", "Print House", "--purpose", "newsletter", "--channel", "post")
    said = shell("export", "--output", str(target), *handed).stderr
    assert ("0 contacts in" in said, "2 left out" in said) == (True, True)
    shell("export", "--output", str(target), *handed[:4], code=2)
    shell("export", "--output", str(target), *handed[:4], "--channel", "By Post!", code=2)


def test_export_is_readable_by_its_owner_alone_and_logged(shell: Any, people: Path, tmp_path: Path) -> None:
    shell("import", str(people), "--yes")
    target = tmp_path / "all.csv"
    target.write_text("old")
    assert "2 contacts" in shell("export", "--format", "csv", "--output", str(target), "--reason", "Moving").stderr
    assert (target.stat().st_mode & 0o777, target.read_text().count("Example")) == (0o600, 2)
    assert list(tmp_path.glob(".all.csv*")) == []


def test_condition_that_is_none_is_wrong_usage(shell: Any, tmp_path: Path) -> None:
    shell("export", "--output", str(tmp_path / "a.vcf"), "--condition", '{"field": "nowhere"}', code=2)
    assert not (tmp_path / "a.vcf").exists()


def test_import_wants_exactly_one_thing_to_do(shell: Any, people: Path) -> None:
    shell("import", code=2)
    shell("import", str(people), "--list", code=2)
