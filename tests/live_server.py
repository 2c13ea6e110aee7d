"""A real server of a new installation, run as an operator would run it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

# The console script beside this interpreter, as an operator would call it.
PROGRAM = str(Path(sys.executable).with_name("confida"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class LiveServer:
    """url: with localhost, because its cookies may be Secure. setup_link: works once.

    log: what the server printed. settings: what it was started with.
    """

    home: Path
    url: str
    setup_link: str
    log: Path
    settings: Mapping[str, str]


def confida(home: Path, *arguments: str, settings: Mapping[str, str] | None = None, code: int = 0) -> str:
    """Run one command of the program; returns all it printed. Raises RuntimeError if it ends with another code."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        env=environment(home, settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode != code:
        raise RuntimeError(f"confida {' '.join(arguments)} ended with {done.returncode}: {done.stdout}")
    return done.stdout


def environment(home: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONFIDA_")}
    return kept | {"CONFIDA_HOME": str(home), "CONFIDA_REGION": "DE"} | dict(settings or {})


@contextmanager
def serving(
    home: Path,
    *,
    new: bool = True,
    demo: bool = False,
    settings: Mapping[str, str] | None = None,
    before: Callable[[Path], None] | None = None,
) -> Iterator[LiveServer]:
    """An installation in `home`, served until the block ends. new: make it first, else it is there already.

    before: called while nobody else has it open.
    """
    if new:
        confida(home, "init", settings=settings)
    if demo:
        confida(home, "demo", "load", settings=settings)
    if before is not None:
        before(home)
    port, log = free_port(), home.with_name(f"{home.name}.log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port)],
            env=environment(home, settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://localhost:{port}"
            wait_for(f"{url}/healthz", process, log)
            link = re.search(r"http://\S+/setup/\S+", log.read_text())
            yield LiveServer(home, url, link.group(0) if link else "", log, dict(settings or {}))
        finally:
            process.terminate()
            process.wait(60)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()}")
        try:
            httpx.get(url, timeout=2)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server does not answer: {log.read_text()}")
