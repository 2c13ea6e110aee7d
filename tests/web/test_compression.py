"""Pages are compressed for those who can read them so, and the same for everybody else."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest

from confida_web.compression import gzipped

pytestmark = pytest.mark.anyio


async def test_page_is_a_fraction_of_its_size_for_a_browser_that_takes_gzip(client: Any) -> None:
    plain = await client.get("/contacts", headers={"accept-encoding": "identity"})
    packed = await client.get("/contacts", headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert re.sub("<!-- [^<]* -->$", "", packed.text) == plain.text


def test_equal_pages_differ_in_length() -> None:
    page = b"<p>Ada</p>" * 500
    lengths = {len(gzipped(page)) for _ in range(50)}
    assert len(lengths) > 5
    assert gzip.decompress(gzipped(page)).startswith(page)
