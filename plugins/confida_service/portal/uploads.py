"""What customers send with files: sealed as they come, and gone again if nothing comes of it; not too much, and not too often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar import Request

from confida_core.api import Installation, InvalidContent, ReceivedFile, TooLarge, discard_files, receive_file
from confida_web.api import FormData, TooManyAttempts, UploadedFile, mark, note_attempt, parse_form

MOST_FILES = 10
MEGABYTES = 20
FIELD = "files"
TOO_MANY = mark("At most 10 files of at most 20 MB in all, please. Choose them again.")
TOO_OFTEN = mark(
    "That was a lot within a short time. What you wrote stands here still: please send it in a quarter of an hour."
)


@dataclass(slots=True)
class Uploads:
    """What was received of one form. refused: there was more than is taken. too_often: they sent too much lately."""

    crm: Installation
    files: list[ReceivedFile] = field(default_factory=list)
    refused: bool = False
    too_often: bool = False

    @property
    def status(self) -> int:
        """Of the answer to what is wrong."""
        return 429 if self.too_often else 422

    async def save(self, upload: UploadedFile) -> bool:
        """Whether it was taken; what is too much is not even read."""
        if self.too_often:
            # Nobody fills the disk by sending files again and again.
            return False
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
        if self.too_often:
            raise InvalidContent({"text": TOO_OFTEN})
        if self.refused:
            raise InvalidContent({FIELD: TOO_MANY})


async def form_with_files(request: Request[Any, Any, Any]) -> tuple[FormData, Uploads]:
    """The form, and its files, which whoever asked keeps or discards; counted, so that `check` knows what is too often.

    Raises BadBody and StorageFull.
    """
    uploads = Uploads(request.state.crm)
    try:
        await note_attempt(uploads.crm, request, f"portal ticket {request.state.actor.id}")
    except TooManyAttempts:
        uploads.too_often = True
    try:
        return await parse_form(request, save=uploads.save), uploads
    except BaseException:
        await uploads.discard()
        raise
