"""64 MiB that are given up when the disk is full, because then even deleting needs room, and erasing must go on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SIZE = 64 * 1024 * 1024
NAME = "ballast"
# Below this the ballast is not laid down again: it would only make a full disk fuller.
ROOM_NEEDED = 1024 * 1024 * 1024


def lay_ballast(home: Path) -> bool:
    """Reserve the room if there is plenty; true if it is reserved now."""
    path = home / NAME
    if path.exists() and path.stat().st_size == SIZE:
        return True
    if shutil.disk_usage(home).free < ROOM_NEEDED + SIZE:
        return False
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        # Real blocks: a file with a hole would reserve nothing.
        os.posix_fallocate(handle, 0, SIZE)
    except OSError:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)
    return True


def drop_ballast(home: Path) -> bool:
    """Give the room up; true if there was any. Called when the disk is full."""
    try:
        (home / NAME).unlink()
    except FileNotFoundError:
        return False
    import structlog

    structlog.get_logger().error("disk_full", ballast="given up")
    return True
