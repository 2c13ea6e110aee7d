"""A real IMAP server on this machine, with a folder of its own, started and stopped by the tests."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PASSWORD = "correct-horse"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {run}
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
auth_mechanisms = plain
# Whoever guesses passwords is made to wait, and so is everybody at their address: all our tests.
auth_failure_delay = 0
mail_location = maildir:{home}/mail/%n
first_valid_uid = 0
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


def program() -> str:
    """Where Dovecot is; without it tests say what they left out, and in CI they fail."""
    found = shutil.which("dovecot") or next((path for path in ("/usr/sbin/dovecot",) if os.path.exists(path)), "")
    if not found:
        if os.environ.get("CI"):
            pytest.fail("dovecot is missing in CI")
        pytest.skip("dovecot is not installed (Debian: dovecot-imapd)")
    return found


@dataclass(frozen=True)
class Owners:
    """Whose its processes are. As root it insists on the users that its package made."""

    internal: str
    group: str
    login: str
    mail: str

    @classmethod
    def here(cls) -> Owners:
        if os.getuid() == 0:
            return cls("dovecot", "dovecot", "dovenull", "dovecot")
        user = getpass.getuser()
        return cls(user, grp.getgrgid(os.getgid()).gr_name, user, user)


@dataclass
class Dovecot:
    """port: of its IMAP. Users have names as they like, and one password."""

    port: int
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="dv-", dir="/tmp")))
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In a folder with a short name, because names of sockets are short, that its own users may enter."""
        owners = Owners.here()
        mail = pwd.getpwnam(owners.mail)
        for folder in (self.home, self.home / "state", self.home / "mail", self.home / "run"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        if os.getuid() == 0:
            os.chown(self.home / "mail", mail.pw_uid, mail.pw_gid)
        config = self.home / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                home=self.home, run=self.home / "run", user=owners.internal, group=owners.group, login=owners.login,
                uid=mail.pw_uid, gid=mail.pw_gid, port=self.port, password=PASSWORD,
            )
        )  # fmt: skip
        self.process = subprocess.Popen([program(), "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        self.wait()

    def wait(self) -> None:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as sock:
                if sock.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        said = (self.home / "log").read_text() if (self.home / "log").exists() else ""
        self.stop()
        raise RuntimeError(f"dovecot did not start: {said}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
        shutil.rmtree(self.home, ignore_errors=True)

    def deliver(self, user: str, *mails: bytes) -> None:
        """Put mails into a mailbox, as a mail server would."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(user, PASSWORD)
            for mail in mails:
                client.append("INBOX", "", "", mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def flags(self, user: str) -> Sequence[str]:
        """The flags of each mail: reading must not change them."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(user, PASSWORD)
            client.select("INBOX", readonly=True)
            _, data = client.fetch("1:*", "(FLAGS)")
            return [line.decode() for line in data if isinstance(line, bytes)]

    def count_anew(self, user: str) -> None:
        """Give the folder another UIDVALIDITY, as after a server was moved; every mail gets another number."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
            "dovecot-uidvalidity",
        ):
            for path in (self.home / "mail" / user).glob(f"{name}*"):
                path.unlink()
        time.sleep(1.1)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
