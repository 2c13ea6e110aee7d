"""Somebody at a browser of a running server, which is started in the new environment."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.live_server import free_port, wait_for
from tests.packaging.fresh import Fresh

OWNER = {
    "organisation_name": "Tafel Leipzig",
    "display_name": "Olga",
    "email": "olga@example.org",
    "password": "sieben Boote im Nebel",
    "password_again": "sieben Boote im Nebel",
}


@dataclass
class Visitor:
    """Behaves like a browser: keeps the session, says where it comes from, sends the token."""

    http: httpx.Client
    token: str = ""
    cookie: str = ""

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", "x-csrftoken": self.token, "cookie": self.cookie}
        answer = self.http.request(method, path, headers=headers, **given)
        made = re.search(r"(__Host-confida=[^;]+)", " ".join(answer.headers.get_list("set-cookie")))
        if made:
            self.cookie = made[1]
        return answer

    def sign_up(self, setup_path: str) -> None:
        """Makes the owner's account with the link that the server printed."""
        self.send("POST", setup_path, data=OWNER)
        found = re.search(r'x-csrftoken": "([^"]+)"', self.send("GET", "/contacts").text)
        assert found is not None
        self.token = found[1]

    def make_contact(self, name: str) -> str:
        """Returns the address of the new contact's page."""
        made = self.send("POST", "/contacts/new", data={"kind": "person", "display_name": name})
        assert made.status_code == 303, made.text
        return str(made.headers["location"])


@contextmanager
def served(fresh: Fresh, command: str, cwd: Path) -> Iterator[Visitor]:
    """The owner, signed in at the server that this command starts."""
    port, log = free_port(), cwd.with_name(f"{cwd.name}.log")
    with log.open("w") as output:
        process = subprocess.Popen(
            command.split(),
            cwd=cwd,
            env=fresh.variables(CONFIDA_PORT=str(port)),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://localhost:{port}"
            wait_for(f"{url}/healthz", process, log)
            link = re.search(r"http://[^/\s]+(/setup/\S+)", log.read_text())
            assert link is not None, log.read_text()
            with httpx.Client(base_url=url, timeout=60) as http:
                visitor = Visitor(http)
                visitor.sign_up(link[1])
                yield visitor
        finally:
            process.terminate()
            process.wait(60)
