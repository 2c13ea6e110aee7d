"""Files that customers send with what they write: sealed as they come, and gone again if nothing comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar import Request

from confida_core.api import Installation, InvalidContent, ReceivedFile, TooLarge, discard_files, receive_file
from confida_web.api import FormData, UploadedFile, mark, parse_form

MOST_FILES = 10
MEGABYTES = 20
FIELD = "files"
TOO_MANY = mark("At most 10 files of at most 20 MB in all, please. Choose them again.")


@dataclass(slots=True)
class Uploads:
    """What was received of one form. refused: there was more than is taken."""

    crm: Installation
    files: list[ReceivedFile] = field(default_factory=list)
    refused: bool = False

    async def save(self, upload: UploadedFile) -> bool:
        """Whether it was taken; what is too much is not even read."""
        room = MEGABYTES * 1_000_000 - sum(one.content.size for one in self.files)
        if upload.field != FIELD or len(self.files) >= MOST_FILES or room <= 0:
            self.refused = True
            return False
        try:
            self.files.append(await receive_file(self.crm, upload.filename, upload.pieces, limit=room))
        except TooLarge:
            self.refused = True
            return False
        return True

    async def discard(self) -> None:
        await discard_files(self.crm, self.files)

    def check(self) -> None:
        """Raises InvalidContent, in English and marked for translation."""
        if self.refused:
            raise InvalidContent({FIELD: TOO_MANY})


async def form_with_files(request: Request[Any, Any, Any]) -> tuple[FormData, Uploads]:
    """The form, and its files, which whoever asked keeps or discards. Raises BadBody and StorageFull."""
    uploads = Uploads(request.state.crm)
    try:
        return await parse_form(request, save=uploads.save), uploads
    except BaseException:
        await uploads.discard()
        raise
