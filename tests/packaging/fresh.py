"""A new environment with the built wheel of Confida in it, as somebody else would have it; no package index is asked.

It sees what Confida depends on where it lies already, but not our own source: its Confida is the wheel's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("pip", "pytest", "mypy")
# Plugins of pytest that are not meant here: they are seen because everything that is installed is, and are slow to start.
PYTEST = {"PYTEST_ADDOPTS": "-p no:schemathesis -p no:hypothesispytest -p no:faker"}
# As on the command line; pip reads "no build isolation" the wrong way round here (pypa/pip#5735).
PIP = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_BUILD_ISOLATION": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_QUIET": "1",
}


@dataclass(frozen=True)
class Fresh:
    """An environment. folder: of the environment itself."""

    folder: Path

    def variables(self, **more: str) -> dict[str, str]:
        """What a shell in which it is activated has; nothing of Confida's settings, nor of the test that runs."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CONFIDA_", "PYTEST_", "PYTHON", "PIP_", "COV_"))
        }
        path = f"{self.folder / 'bin'}{os.pathsep}{kept.get('PATH', '')}"
        return {**kept, **PIP, **PYTEST, "VIRTUAL_ENV": str(self.folder), "PATH": path, **self.shared, **more}

    @property
    def shared(self) -> dict[str, str]:
        """What mypy knows of Confida and its dependencies is the same for every project."""
        return {"MYPY_CACHE_DIR": str(self.folder / "mypy")}

    def run(self, script: str, cwd: Path, answer: str = "") -> str:
        """All that a shell script prints; it stops at the first command that fails. answer: what is typed when it asks.

        Raises RuntimeError with the output.
        """
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=cwd,
            env=self.variables(),
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=900,
        )
        if done.returncode:
            raise RuntimeError(f"{script}\nended with {done.returncode}:\n{done.stdout}")
        return done.stdout


def build_wheel(folder: Path) -> Path:
    """Our wheel, built as for a release."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("confida-*.whl"))


def make_fresh(folder: Path) -> Fresh:
    """Build, make the environment, install the wheel."""
    wheel, fresh = build_wheel(folder / "wheel"), Fresh(folder / "environment")
    # Without pip: that of the tests is called with the new interpreter, which saves three seconds.
    venv.EnvBuilder(symlinks=True).create(fresh.folder)
    python = fresh.folder / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    seen = fresh.folder / "lib" / version / "site-packages" / "dependencies.pth"
    # A folder that is named here is searched, but its own .pth files, which lead to our source, are not read.
    seen.write_text(f"{sysconfig.get_path('purelib')}\n")
    for tool in TOOLS:
        script = fresh.folder / "bin" / tool
        script.write_text(f'#!/bin/sh\nexec "{python}" -m {tool} "$@"\n')
        script.chmod(0o755)
    fresh.run(f"pip install --force-reinstall {wheel}", folder)
    return fresh
