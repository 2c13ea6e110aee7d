"""There is one door: no other module talks to a mail server, and none but the door calls a transport."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MAIL_LIBRARIES = {"aiosmtplib", "smtplib"}
HTTP_LIBRARIES = {"aiohttp", "h11", "httpx", "requests", "urllib3"}
# Whoever else asks a web server, and why no message of ours goes that way.
ASKING = {
    "plugins/confida_service/telephone/ami_connection.py": "The telephone exchange of the house, which speaks no HTTP.",
}
CONNECTING = {"open_connection", "create_connection", "urlopen"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in ("core", "consent", "web", "plugins"):
        for path in (ROOT / package).rglob("*.py"):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """First words of everything that is imported, also by name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Constant) and node.value in MAIL_LIBRARIES:
            found.add(str(node.value))
    return found


def test_one_module_talks_to_mail_servers() -> None:
    assert [path for path, tree in sources() if imported(tree) & MAIL_LIBRARIES] == [
        "core/confida_core/outbound/mail.py"
    ]


def test_one_module_talks_to_other_web_servers() -> None:
    def connects(tree: ast.Module) -> bool:
        return any(isinstance(node, ast.Attribute) and node.attr in CONNECTING for node in ast.walk(tree))

    # The fixtures that tests of plugins use are no part of the running program.
    own = [(path, tree) for path, tree in sources() if not path.startswith("web/confida_web/testing/")]
    found = {path for path, tree in own if connects(tree) or imported(tree) & HTTP_LIBRARIES}
    assert found == {"core/confida_core/outbound/webhooks/wire.py", *ASKING}


def test_the_door_alone_looks_up_transports() -> None:
    def uses(tree: ast.Module) -> bool:
        owners = (
            node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "transports"
        )
        return any(getattr(one, "attr", getattr(one, "id", "")) in {"registry", "self"} for one in owners)

    assert sorted(path for path, tree in sources() if uses(tree)) == [
        "core/confida_core/outbound/transporting.py",
        "core/confida_core/registry.py",
    ]


def test_a_hidden_import_is_found() -> None:
    for source in ("import smtplib.x", "from aiosmtplib import SMTP", 'import_module("smtplib")'):
        assert imported(ast.parse(source)) & MAIL_LIBRARIES
