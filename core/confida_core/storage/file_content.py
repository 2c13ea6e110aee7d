"""What is known of a sealed file: the sealed content of one `sealed_file` row."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from confida_core.contacts.content import Sealed


class FileContent(Sealed, frozen=True):
    """secret: the key of the file's pieces; whoever can open this row can open the file, and nobody else.

    name: as the sender called it, without any folder. media_type: told from the bytes, never from what a browser claims.
    sha256: of the plain bytes, hex. size: in bytes. width, height: of a picture that was redrawn here, else 0.
    """

    secret: bytes
    name: Annotated[str, Meta(max_length=200)] = ""
    media_type: Annotated[str, Meta(max_length=127)] = "application/octet-stream"
    sha256: Annotated[str, Meta(max_length=64)] = ""
    size: int = 0
    width: int = 0
    height: int = 0
