"""What is written into the index, what is gone afterwards, and in which order changes take effect."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    CustomValue,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
)
from confida_core.declarations import FieldType
from confida_core.ids import new_id
from confida_core.index.core_fields import birthday_value, contact_index_fields, custom_index_fields
from confida_core.index.entries import project_contact
from confida_core.index.query import IndexQuery
from confida_core.index.values import Day
from tests.core.index.people import CREATED, KEY, ada, ask, entry, filled, person


def test_project_contact_collects_what_is_filterable() -> None:
    content = person(
        "Ada Löwe",
        organisation="Example Trust",
        emails=[EmailAddress(address="ada@example.org"), EmailAddress(address="a@mail.example.org")],
        phones=[PhoneNumber(number="+493411234567")],
        addresses=[PostalAddress(locality="Köln", postal_code="50667", country="DE"), PostalAddress(locality="Graz")],
        birthday=Birthday(month=2, day=29),
        tags=["Donor"],
        language="de-AT",
    )
    owner = new_id()
    found = entry(content, owner=owner, touched_at=CREATED)
    assert (found.sort_key, found.organisation_sort) == ("lowe ada", "example trust")
    assert found.same == (
        "born:0000-02-29 ada lowe",
        "mail:a@mail.example.org",
        "mail:ada@example.org",
        "phone:493411234567",
    )
    assert found.attributes == {
        "name": {"ada lowe": ""},
        "given_name": {"ada": ""},
        "family_name": {"lowe": ""},
        "organisation": {"example trust": ""},
        "city": {"koln": "", "graz": ""},
        "postal_code": {"50667": ""},
        "country": {"de": "DE"},
        "email_domain": {"example.org": "example.org", "mail.example.org": "mail.example.org"},
        "has_email": True,
        "has_phone": True,
        "tags": {"donor": "Donor"},
        "language": {"de-at": "de-AT"},
        "birthday": Day(None, "02-29"),
        "kind": {"person": "person"},
        "owner": {owner.hex: owner.hex},
        "archived": False,
        "created": Day(CREATED.date().toordinal(), "01-02"),
        "touched": Day(CREATED.date().toordinal(), "01-02"),
    }


def test_project_contact_of_nearly_nothing() -> None:
    found = entry(ContactContent(display_name="?"))
    assert found.attributes == {
        "name": {"?": ""},
        "has_email": False,
        "has_phone": False,
        "kind": {"person": "person"},
        "archived": False,
        "created": Day(CREATED.date().toordinal(), "01-02"),
    }
    assert found.same == ()
    assert birthday_value(Birthday(month=2, day=30, year=2000)) is None


TYPES: tuple[FieldType, ...] = ("text", "number", "date", "boolean", "choice", "set")


class Definition(msgspec.Struct):
    key: str
    label: str
    type: FieldType
    choices: dict[str, str] = {}


def test_custom_fields_of_each_type() -> None:
    values: dict[str, CustomValue] = {
        "text": "a",
        "number": 3,
        "date": "2026-05-04",
        "boolean": True,
        "choice": "b",
        "set": ["c", "d"],
    }
    fields = custom_index_fields([Definition(kind, kind, kind) for kind in TYPES])
    row = {"id": new_id(), "kind": "person", "created_at": CREATED}
    found = project_contact(ContactContent(custom=values), row, fields)
    assert found.attributes == {
        "custom.text": {"a": ""},
        "custom.number": 3.0,
        "custom.date": Day(739740, "05-04"),
        "custom.boolean": True,
        "custom.choice": {"b": "b"},
        "custom.set": {"c": "c", "d": "d"},
    }
    wrong: dict[str, CustomValue] = {
        "text": 5,
        "number": "many",
        "date": "soon",
        "boolean": 1,
        "choice": 5.5,
        "set": True,
    }
    assert project_contact(ContactContent(custom=wrong), row, fields).attributes == {}


def test_apply_replaces_and_deletes(tmp_path: Path) -> None:
    contact, other = ada(), entry(person("Olga Ott"))
    index = filled(tmp_path, [contact, other])
    renamed = entry(person("Ada Berg", tags=["Press"]), contact.id)
    assert index.apply([renamed], [other.id], 2)
    assert index.position() == 2
    assert ask(index).page(IndexQuery()).ids == (contact.id,)
    assert ask(index).page(IndexQuery(text="lowe")).ids == ()
    assert ask(index).page(IndexQuery(text="ada berg press")).ids == (contact.id,)
    assert [each.label for each in ask(index).facets(IndexQuery(), "tags")[0]] == ["Press"]
    assert ask(index).candidates(entry(person("X Y", emails=[EmailAddress(address="ada.lowe@mail.example.org")]))) == []
    leftovers = (
        "SELECT (SELECT count(*) FROM same), (SELECT count(DISTINCT row) FROM attribute), (SELECT count(*) FROM search)"
    )
    assert index.connection().execute(leftovers).fetchone() == (0, 1, 1)
    index.close()


def test_apply_of_two_versions_in_one_batch_keeps_the_later(tmp_path: Path) -> None:
    contact = ada()
    index = filled(tmp_path, [contact, entry(person("Ada Berg"), contact.id)])
    assert ask(index).page(IndexQuery(text="berg")).ids == (contact.id,)
    assert ask(index).count(IndexQuery()) == (1, True)
    index.close()


def test_apply_of_old_or_distant_changes_does_nothing(tmp_path: Path) -> None:
    contact = ada()
    index = filled(tmp_path, [contact])
    for position, after in ((1, 0), (0, None), (9, 5)):
        assert not index.apply([], [contact.id], position, after=after)
    assert index.position() == 1
    assert ask(index).count(IndexQuery()) == (1, True)
    index.close()


def test_failed_apply_changes_nothing(tmp_path: Path) -> None:
    index = filled(tmp_path, [ada()])
    broken = msgspec.structs.replace(ada(), display=None)
    try:
        index.apply([ada(), broken], [], 2)
    except Exception:
        assert (index.position(), ask(index).count(IndexQuery())) == (1, (1, True))
    else:
        raise AssertionError("an entry without a name was accepted")
    index.close()


def _pages(file: Path) -> bytes:
    """The decrypted content of a SQLCipher 4 file: per page the text, then 16 bytes of IV and 64 of authentication."""
    raw, clear = file.read_bytes(), b""
    for start in range(0, len(raw), 4096):
        page = raw[start : start + 4096]
        skip = 16 if start == 0 else 0
        decryptor = Cipher(algorithms.AES(KEY), modes.CBC(page[-80:-64])).decryptor()
        clear += decryptor.update(page[skip:-80])
    return clear


def test_deleted_contact_leaves_no_word_in_the_file(tmp_path: Path) -> None:
    marked = [
        entry(
            person(
                f"Qxzname{number} Qxzfamily",
                tags=[f"qxztag{number}"],
                organisation=f"Qxzorg{number}",
                emails=[EmailAddress(address=f"qxzmail{number}@example.org")],
                job_title=f"qxzjob{number}",
            )
        )
        for number in range(60)
    ]
    index = filled(tmp_path, [*marked, *(entry(person(f"Olga Ott{number}", tags=["kept"])) for number in range(60))])
    index.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = (tmp_path / "index.db").resolve()
    assert _pages(file).lower().count(b"qxz") > 60
    assert b"qxz" not in file.read_bytes()
    assert index.apply([], [each.id for each in marked], 2)
    assert _pages(file).count(b"kept") > 0
    assert _pages(file).lower().count(b"qxz") == 0
    assert file.with_name(file.name + "-wal").stat().st_size == 0
    assert ask(index).count(IndexQuery()) == (60, True)
    index.close()


WRITER = """
import sys
from pathlib import Path
from confida_core.index.index import Index
from tests.core.index.people import FIELDS, KEY, entry, person
from uuid import UUID
index = Index.open(Path(sys.argv[1]), KEY, FIELDS)
applied = 0
for position in range(2, 60):
    contact = entry(person(f"Ada {position}"), UUID(int=position))
    applied += index.apply([contact], [], position, after=position - 1)
index.close()
print(applied)
"""


def test_processes_apply_each_change_once(tmp_path: Path) -> None:
    index = filled(tmp_path, [ada()])
    root = Path(__file__).resolve().parents[3]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "index.db")], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    applied = [int(process.communicate(timeout=120)[0]) for process in running]
    assert sum(applied) == 58
    assert (index.position(), ask(index).count(IndexQuery())) == (59, (59, True))
    index.close()


def test_core_fields_have_distinct_keys() -> None:
    assert len({field.key for field in contact_index_fields()}) == len(contact_index_fields()) == 20
