"""Every example of docs/api.md is carried out, and answered as it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[3] / "docs" / "api.md"
EXAMPLE = re.compile(r"```sh\n(.*?)```\s*```json\n(.*?)```", re.DOTALL)


def request_of(command: str) -> tuple[str, str, dict[str, Any]]:
    """What curl would send: method, address, and the rest for our client."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words.pop(0) == "curl"
    method, address, query = "GET", "", []
    given: dict[str, Any] = {"headers": {}}
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, value = words.pop(0).split(": ", 1)
            given["headers"][name] = value
        elif word == "-d":
            given["content"] = words.pop(0).encode()
        elif word == "--data-urlencode":
            query.append(tuple(words.pop(0).split("=", 1)))
        elif word != "-G":
            address = word
    return method, address, given | ({"params": query} if query else {})


def filled(command: str, known: dict[str, str]) -> str:
    return re.sub(r"\$[A-Z]+", lambda name: known[name[0]], command)


async def test_examples_of_the_manual_are_answered_as_it_says(stranger: Any, olga: Any) -> None:
    examples = EXAMPLE.findall(PAGE.read_text())
    assert len(examples) == PAGE.read_text().count("```sh") == 7
    known = {"$API": "/api/v1", "$TOKEN": olga.token}
    for command, answer in examples:
        method, address, given = request_of(filled(command, known))
        got = (await stranger.request(method, address, **given)).json()
        expected = json.loads(answer)
        assert {name: got.get(name) for name in expected} == expected, command
        if "etag" in got:
            known |= {"$ID": got["id"], "$ETAG": got["etag"]}
            known.setdefault("$CONTACT", got["id"])
