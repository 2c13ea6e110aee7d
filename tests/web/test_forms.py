"""Bodies as they arrive: read in pieces of any size, bounded, and refused with a 4xx when they are not ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_web.forms import FormData, UploadedFile, parse_form, read_form_token, read_json
from confida_web.multipart import BadBody, plain_filename

pytestmark = pytest.mark.anyio
BOUNDARY = "bound"


class FakeRequest:
    """The three things of a request that a form needs; bodies come in pieces, as from a network."""

    def __init__(self, body: bytes, content_type: str, piece: int = 0, encoding: str = "identity") -> None:
        self.headers = {"content-type": content_type, "content-encoding": encoding}
        self.scope: dict[str, Any] = {"state": {}}
        size = piece or max(len(body), 1)
        self._pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]

    async def receive(self) -> dict[str, Any]:
        if not self._pieces:
            return {"type": "http.disconnect"}
        piece = self._pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}


def form_of(body: bytes, **given: Any) -> Any:
    return FakeRequest(body, "application/x-www-form-urlencoded", **given)


def multipart(*parts: bytes, boundary: str = BOUNDARY, **given: Any) -> Any:
    body = (
        b"".join(b"--bound\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--bound--\r\n"
    )
    return FakeRequest(body, f"multipart/form-data; boundary={boundary}", **given)


async def status_of(request: Any) -> int:
    try:
        await parse_form(request)
    except BadBody as bad:
        return bad.status
    return 200


async def test_urlencoded_form_keeps_order_repetition_and_empty_values() -> None:
    form = await parse_form(form_of(b"a=1&b=&a=%C3%B6+2&c=x%0D%0Ay"))
    assert form.fields == (("a", "1"), ("b", ""), ("a", "ö 2"), ("c", "x\ny"))
    assert (form.get("a"), form.all("a"), form.get("z", "-"), "b" in form) == ("1", ["1", "ö 2"], "-", True)


async def test_number_is_a_number_in_its_bounds_or_refused() -> None:
    good = {"7": 7, " 7 ": 7, "": 3, "0": 0}
    assert {text: FormData((("n", text),)).integer("n", 3) for text in good} == good
    for text in ("-1", "2147483648", "9" * 400, "1,5", "1e3", "٣", "0x10", "１", "1_000", "--1", "NaN"):
        with pytest.raises(BadBody) as bad:
            FormData((("n", text),)).integer("n")
        assert (text, bad.value.status) == (text, 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=%ff", 400),
        (b"a=\xff", 400),
        (b"a=%ED%A0%80", 400),
        (b"a=%00", 422),
        (b"%00=a", 422),
        (b"&".join([b"a=1"] * 1001), 413),
        (b"&".join([b"a=1"] * 20_000), 413),
        (b"a=" + b"x" * 4_000_001, 413),
        (b"", 200),
        (b"&&&===", 200),
    ],
)
async def test_urlencoded_body(body: bytes, status: int) -> None:
    assert await status_of(form_of(body)) == status


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (lambda: multipart(b'name="a"\r\n\r\n1'), 200),
        (lambda: multipart(b'name="a"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n1'), 400),
        (lambda: multipart(b'name="a"\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\n1'), 400),
        (lambda: multipart(b'name="a"\r\n\r\n\xff\xfe'), 400),
        (lambda: multipart(b'name="a"\r\n\r\n\x00'), 422),
        (lambda: multipart(b'name="\xff"\r\n\r\n1'), 400),
        (lambda: multipart(b"\r\n\r\nno name"), 400),
        (lambda: multipart(*[b'name="a"\r\n\r\n1'] * 1200), 413),
        (lambda: multipart(*[b'name="f"; filename="f"\r\n\r\n1'] * 60), 413),
        (lambda: multipart(b'name="f"; filename="f"\r\n\r\n' + b"x" * 8_000_001), 413),
        (lambda: multipart(b'name="a"\r\nX: ' + b"x" * 70_000 + b"\r\n\r\n1"), 400),
        (lambda: multipart(b'name="a"\r\n' + b"X: y\r\n" * 100 + b"\r\n1"), 400),
        (lambda: multipart(b'name="a"\r\n\r\n1', boundary=""), 400),
        (lambda: multipart(b'name="a"\r\n\r\n1', boundary="x" * 300), 400),
        (lambda: multipart(b'name="a"\r\n\r\n1', boundary="other"), 400),
        (lambda: FakeRequest(b"--bound\r\nContent-Disp", "multipart/form-data; boundary=bound"), 400),
        (lambda: FakeRequest(b"", "multipart/form-data; boundary=bound"), 400),
        (lambda: FakeRequest(b"a=1", "application/x-www-form-urlencoded; charset=utf-16"), 415),
        (lambda: FakeRequest(b"a=1", "application/x-www-form-urlencoded", encoding="gzip"), 415),
        (lambda: FakeRequest(b"a=1", "text/plain"), 200),
    ],
)
async def test_multipart_body(request_: Any, status: int) -> None:
    assert await status_of(request_()) == status


@pytest.mark.parametrize("piece", [1, 7, 100_000])
async def test_file_streams_to_its_sink_whatever_the_pieces(piece: int) -> None:
    content = bytes(range(256)) * 20 + b"\r\n--boun" + b"\r\n--\r\n"
    request = multipart(
        b'name="_csrf"\r\n\r\ntoken',
        b'name="file"; filename="C:\\dir\\\xc3\x96l.txt"\r\nContent-Type: text/plain\r\n\r\n' + content,
        b'name="none"; filename=""\r\n\r\n',
        b'name="note"\r\n\r\nafter',
        piece=piece,
    )
    received = []

    async def save(upload: UploadedFile) -> str:
        received.append(b"".join([data async for data in upload.pieces]))
        return "kept"

    assert await read_form_token(request, "_csrf") == b"token"
    form = await parse_form(request, save)
    assert (received, form.fields) == ([content], (("_csrf", "token"), ("note", "after")))
    file = form.files[0]
    assert (file.filename, file.content_type, file.size, file.saved, len(form.files)) == (
        "Öl.txt", "text/plain", len(content), "kept", 1,
    )  # fmt: skip


async def test_sink_that_reads_nothing_does_not_shift_the_rest() -> None:
    request = multipart(b'name="file"; filename="a"\r\n\r\n' + b"x" * 5000, b'name="note"\r\n\r\nafter', piece=50)

    async def ignore(upload: UploadedFile) -> None:
        return None

    assert (await parse_form(request, ignore)).fields == (("note", "after"),)


async def test_file_larger_than_memory_is_never_collected() -> None:
    """64 MB pass through; what stays is a count."""
    import tracemalloc

    async def body() -> AsyncIterator[bytes]:
        yield b'--bound\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        for _ in range(1024):
            yield b"x" * 65_536
        yield b"\r\n--bound--\r\n"

    pieces = body()
    request: Any = FakeRequest(b"", "multipart/form-data; boundary=bound")

    async def receive() -> dict[str, Any]:
        piece = await anext(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    request.receive = receive

    async def count(upload: UploadedFile) -> int:
        return sum([len(data) async for data in upload.pieces])

    tracemalloc.start()
    form = await parse_form(request, count)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (form.files[0].saved, peak < 4_000_000) == (64 * 2**20, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a": 1}', 200),
        (b'{"a": "x"}', 422),
        (b"[" * 5_000 + b"]" * 5_000, 400),
        (b"[" * 100_000, 400),
        (b'{"a": NaN}', 400),
        (b'{"a": 1e400}', 422),
        (b'{"a": 1', 400),
        (b"", 400),
        (b"\xff", 400),
        (b'{"a": 1, "b": "\xed\xa0\x80"}', 400),
        (b'{"a": 1, "b": "' + b"x" * 4_000_000 + b'"}', 413),
    ],
)
async def test_json_body(body: bytes, status: int) -> None:
    class Shape(msgspec.Struct):
        a: int
        b: str = ""

    request: Any = FakeRequest(body, "application/json")
    try:
        await read_json(request, Shape)
        found = 200
    except BadBody as bad:
        found = bad.status
    assert found == status


async def test_json_as_plain_text_is_not_read() -> None:
    with pytest.raises(BadBody) as bad:
        await read_json(FakeRequest(b"{}", "text/plain"), dict)  # type: ignore[arg-type]
    assert bad.value.status == 415


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("evil\u202etxt.exe".encode().decode("latin-1"), "eviltxt.exe"),
        ("x" * 300 + ".jpeg", "x" * 189 + ".jpeg"),
    ],
)
def test_file_name_is_a_name(sent: str, kept: str) -> None:
    assert plain_filename(sent) == kept


@settings(max_examples=200, deadline=None)
@given(
    body=st.binary(max_size=400), kind=st.sampled_from(["urlencoded", "multipart", "framed"]), piece=st.integers(1, 50)
)
def test_no_body_whatever_raises_anything_but_a_refusal(body: bytes, kind: str, piece: int) -> None:
    import asyncio

    content_type = (
        "application/x-www-form-urlencoded" if kind == "urlencoded" else "multipart/form-data; boundary=bound"
    )
    whole = b"--bound\r\nContent-Disposition: form-data; " + body + b"\r\n--bound--\r\n" if kind == "framed" else body
    assert asyncio.run(status_of(FakeRequest(whole, content_type, piece))) in {200, 400, 413, 415, 422}
