"""Before the suite: which parts of it this machine cannot run. In CI (CI=true) nothing may be left out, so it fails there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ALWAYS = "tests marked slow, such as 200 crashes under 16 writers (run them with: make faults)"


def left_out() -> list[str]:
    """One sentence for each part that cannot run here."""
    parts = []
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")):
        parts.append("browser tests: there is no Chromium (Debian: apt-get install chromium)")
    if not (shutil.which("dovecot") or Path("/usr/sbin/dovecot").exists()):
        parts.append("tests of mail that comes in: there is no Dovecot (Debian: apt-get install dovecot-imapd)")
    if not SHARED_DATA.exists():
        parts.append(f"tests on real address books: {SHARED_DATA} is not there")
    return parts


def main() -> int:
    parts = left_out()
    for part in [*parts, ALWAYS]:
        sys.stdout.write(f"Left out: {part}\n")
    sys.stdout.flush()
    return 1 if parts and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
