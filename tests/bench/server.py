"""`confida serve` as an operator starts it, in a process of its own, and what its processes cost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from confida_core.settings import Settings

LONGEST_START = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


def environment(settings: Settings) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("CONFIDA_")}
    given["CONFIDA_HOME"] = str(settings.home)
    for name in ("database_url", "keyring_url"):
        if value := getattr(settings, name):
            given[f"CONFIDA_{name.upper()}"] = value
    given["CONFIDA_API_REQUESTS_PER_MINUTE"] = str(settings.api_requests_per_minute)
    return given


def command(*words: str) -> list[str]:
    return [str(Path(sys.executable).parent / "confida"), *words]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running server. started: the clock just before the process was made."""

    port: int
    pid: int
    started: float

    def get(self, path: str, cookie: str = "") -> bytes:
        """The whole answer to one request on a connection of its own; b"" if nobody listens yet."""
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
        head += f"Cookie: {cookie}\r\n\r\n" if cookie else "\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
                connection.sendall(head.encode())
                return b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            return b""

    def seconds_until(self, path: str, cookie: str = "") -> float:
        """From the start of the process to the first 200 of this page."""
        while time.perf_counter() - self.started < LONGEST_START:
            if self.get(path, cookie).startswith(b"HTTP/1.1 200"):
                return time.perf_counter() - self.started
            time.sleep(0.005)
        raise RuntimeError(f"the server did not show {path} within {LONGEST_START:.0f} s")

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return sum(map(cpu_seconds, family(self.pid)))

    def memory(self) -> int:
        """Bytes of all its processes; what several of them share counts once."""
        return sum(map(memory, family(self.pid)))


@contextmanager
def serving(settings: Settings, workers: int = 1) -> Iterator[Server]:
    """Stopped with SIGTERM at the end, killed if it does not end within ten seconds."""
    port, started = free_port(), time.perf_counter()
    process = subprocess.Popen(
        command("serve", "--port", str(port), "--workers", str(workers)),
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield Server(port, process.pid, started)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Machine:
    """The processors' clocks at one moment: seconds they worked for anybody, seconds that passed on all of them."""

    worked: float
    passed: float

    @classmethod
    def now(cls) -> Machine:
        ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return cls((sum(ticks) - ticks[3] - ticks[4]) / TICKS, sum(ticks) / TICKS)

    def taken_by_others(self, ours: float) -> float:
        """Which share of the processors others had since then. ours: seconds that our own processes worked."""
        later = Machine.now()
        return max(0.0, later.worked - self.worked - ours) / max(later.passed - self.passed, 0.01)


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
