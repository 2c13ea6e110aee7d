"""What is sealed of a paper that is kept as a file."""

from __future__ import annotations

from confida_core.api import Sealed, ShortText


class CopyContent(Sealed, frozen=True):
    """name: of the file. data: its bytes, as they were sent or downloaded the first time and ever after."""

    name: ShortText = ""
    media_type: ShortText = ""
    data: bytes = b""
