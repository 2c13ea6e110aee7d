"""Pictures are decoded and written anew: what hides in a file (places, thumbnails, scripts, a second format) stays behind."""

from __future__ import annotations

import asyncio
import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000  # About 160 MB decoded; a camera's picture fits, a pixel bomb does not.
MAX_BYTES = 30_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff"})


class NoPicture(ValueError):
    """Not a picture of a known type, broken, or too large to decode."""


@dataclass(frozen=True, slots=True)
class Picture:
    """data: PNG where the original has transparency, else JPEG. width, height: pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


def redraw(data: bytes, longest: int) -> Picture:
    """The picture anew, upright, at most `longest` pixels on its longer side, without any metadata.

    Raises NoPicture. Takes up to a second: call it in a thread, or use `redrawn`.
    """
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; ours are refused by their size before anything is decoded.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise NoPicture("the picture has too many pixels")
                opened.draft("RGB", (longest, longest))
                opened.load()
                upright = ImageOps.exif_transpose(opened)
                seen_through = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
                drawn = upright.convert("RGBA" if seen_through else "RGB")
        drawn.thumbnail((longest, longest))
        return written(drawn, "PNG" if seen_through else "JPEG")
    except NoPicture:
        raise
    except Exception as error:
        # A broken picture raises almost anything (OSError, SyntaxError, struct.error, DecompressionBombError).
        raise NoPicture("the picture cannot be read") from error


def written(drawn: Image.Image, form: str) -> Picture:
    """Only the pixels are taken over: a copy into a fresh image has no metadata to save."""
    from PIL import Image

    fresh = Image.new(drawn.mode, drawn.size)
    fresh.paste(drawn)
    target = io.BytesIO()
    fresh.save(target, form, **({"quality": 85} if form == "JPEG" else {}))
    return Picture(target.getvalue(), f"image/{form.lower()}", fresh.width, fresh.height)


async def redrawn(data: bytes, longest: int) -> Picture:
    """`redraw` in a thread of its own two, because each may hold 160 MB."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), redraw, data, longest)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, thread_name_prefix="picture")
