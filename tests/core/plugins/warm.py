"""The process in which a plugin is looked at, without its cold start: forked from one that has imported Confida already.

Starting it anew takes one to two seconds, which a hundred tests would pay several times each. What runs in it, what goes in
and what comes out is the same, which test_looking.py makes sure of.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

SOURCE = """
import json, os, socket, sys, traceback

from confida_consent import hooks as consent_hooks
from confida_consent.hookspecs import ConsentHooks
from confida_core import hooks as core_hooks
from confida_core.hookspecs import CoreHooks
from confida_core.plugins.looking import main
from confida_core.registry import load_registry
from confida_web import hooks as web_hooks
from confida_web.hookspecs import WebHooks

# Areas are imported when their hooks are called.
load_registry((), built_in=(core_hooks, consent_hooks, web_hooks), specifications=(CoreHooks, ConsentHooks, WebHooks))


def live(environment, files):
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.environ.clear()
    os.environ.update(environment)
    try:
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


with socket.socket(fileno=int(sys.argv[1])) as asking:
    while True:
        message, files, _, _ = socket.recv_fds(asking, 1 << 20, 3)
        if not message:
            break
        child = os.fork()
        if child == 0:
            asking.close()
            live(json.loads(message), files)
        for file in files:
            os.close(file)
        asking.send(b"%d" % child)
        asking.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


class WarmProcess:
    """Stands where the module `subprocess` does; knows as much of it as looking at plugins needs."""

    TimeoutExpired = subprocess.TimeoutExpired

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._asking, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._parent = subprocess.Popen(
                [sys.executable, "-c", SOURCE, str(other.fileno())], pass_fds=[other.fileno()], stdin=subprocess.DEVNULL
            )

    def close(self) -> None:
        self._asking.close()
        self._parent.wait(60)

    def run(self, command: Sequence[str], *, input: bytes, timeout: float, **_: Any) -> Any:
        """As `subprocess.run` does, for the one command that looks at a plugin."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
            asked.write(input)
            asked.seek(0)
            code = self._run(command, [asked.fileno(), said.fileno(), errors.fileno()], timeout)
            said.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(command, code, said.read(), errors.read())

    def _run(self, command: Sequence[str], files: list[int], seconds: float) -> int:
        with self._turn:
            socket.send_fds(self._asking, [json.dumps(dict(os.environ)).encode()], files)
            child = int(self._asking.recv(20))
            late = not select.select([self._asking], [], [], seconds)[0]
            if late:
                os.kill(child, signal.SIGKILL)
            code = int(self._asking.recv(20))
        if late:
            raise subprocess.TimeoutExpired(command, seconds)
        return code
