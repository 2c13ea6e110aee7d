"""What an installation finds when it looks at itself: keys, files, storage, and what an operator forgot."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from confida_core.accounts.stored_settings import recovery_key_confirmed
from confida_core.backup.age_files import InvalidKey, recipients_of
from confida_core.backup.archive import LAST_BACKUP
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.loaded_plugin import Declared
from confida_core.outbound.content import REASONS
from confida_core.outbound.dkim import UnusableKey, sender_domain, signer_of
from confida_core.outbound.mail import LOCAL
from confida_core.outbound.transporting import not_ready
from confida_core.plugins.self_check import plugin_findings, unknown_tables
from confida_core.settings import Settings
from confida_core.storage.ballast import NAME as BALLAST
from confida_core.storage.migrations import applied, known
from confida_core.storage.sqlite import OLDEST_SAFE, library_version
from confida_core.vault.access import Access

State = Literal["good", "warning", "bad"]
GIB = 1024**3
BACKUP_DAYS = 7
FAILED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """name: what was looked at. text: what was found. remedy: what can be done, "" if nothing is to do."""

    name: str
    state: State
    text: str
    remedy: str = ""


async def examine(crm: Installation, access: Access) -> list[Finding]:
    """All findings, the sound ones too, in a fixed order; changes nothing. Raises Forbidden."""
    access.actor.require("system.manage")
    findings = []
    for check in CHECKS:
        findings += await check(crm)
    for item in crm.registry.with_owner("self_checks"):
        findings += await checked(crm, item)
    return findings


async def checked(crm: Installation, item: Declared) -> list[Finding]:
    """What a declared check found; that it failed, with its plugin's name, where it did."""
    try:
        found: list[Finding] = await item.value.findings(crm)
    except Exception as error:
        text = f"The check {item.value.key} failed with {type(error).__name__}."
        return [Finding(item.plugin.info.name, "bad", text, f"Tell whoever made {item.plugin}.")]
    return found


async def check_keys(crm: Installation) -> list[Finding]:
    confirmed = await recovery_key_confirmed(crm)
    recovery = (
        Finding("Recovery key", "good", "It was confirmed.")
        if confirmed
        else Finding(
            "Recovery key",
            "warning",
            "Nobody has confirmed that it was written down; without it a lost unlock key loses all data.",
            "confida keys confirm-recovery",
        )
    )
    settings = crm.settings
    if settings.database_url and settings.database_url == settings.keyring_url:
        return [recovery, Finding("Keyring", "bad", "Keys and data share one database.", "Give keyring_url its own.")]
    if settings.database_url and not settings.keyring_url:
        return [
            recovery,
            Finding("Keyring", "good", "The keys are in keyring.db on this machine, apart from the data."),
        ]
    return [recovery, Finding("Keyring", "good", "The keys lie apart from the data and open.")]


async def check_modes(crm: Installation) -> list[Finding]:
    """Nobody but the program's own user may read the home folder."""
    home = crm.settings.home
    candidates = [
        home,
        *(home / name for name in ("keys", "files", "backups")),
        *home.glob("*.db"),
        *(home / "keys").glob("*"),
    ]
    loose = [
        path for path in candidates if path.exists() and path.stat().st_mode & 0o077 and not behind_wall(path, home)
    ]
    if loose:
        names = ", ".join(str(path.relative_to(home.parent)) for path in loose)
        return [Finding("File modes", "bad", f"Others on this machine may read {names}.", f"chmod -R go-rwx {home}")]
    return [Finding("File modes", "good", "Only the program's own user may read the home folder.")]


def behind_wall(path: Path, home: Path) -> bool:
    """A file that others could read, were it not in a folder that they cannot enter."""
    return path != home and not home.stat().st_mode & 0o077


async def check_library(crm: Installation) -> list[Finding]:
    version = ".".join(map(str, library_version()))
    findings = [
        Finding("SQLite", "good", f"Version {version}.")
        if library_version() >= OLDEST_SAFE
        else Finding("SQLite", "bad", f"Version {version} can corrupt the file.", "Install the locked requirements.")
    ]
    if not crm.settings.cipher:
        text = "Whole files are not encrypted; personal content still is, row by row."
        findings.append(Finding("File encryption", "warning", text, "Set cipher = true in a new installation."))
    return findings


async def check_room(crm: Installation) -> list[Finding]:
    usage = await asyncio.to_thread(shutil.disk_usage, crm.settings.home)
    text = f"{usage.free / GIB:.1f} GiB are free of {usage.total / GIB:.1f}."
    state: State = "good"
    if usage.free < 0.2 * GIB:
        state = "bad"
    elif usage.free < GIB or usage.free < 0.1 * usage.total:
        state = "warning"
    findings = [Finding("Free space", state, text, "" if state == "good" else "Make room, or move the home folder.")]
    if not (crm.settings.home / BALLAST).exists():
        text = "No room is kept yet for erasing on a full disk; the server lays it down when 1 GiB is free."
        findings.append(Finding("Ballast", "warning", text))
    return findings


async def check_schema(crm: Installation) -> list[Finding]:
    done = await applied(crm.data)
    pending = [step.name for app in crm.registry.apps for step in known(app) if (step.app_name, step.name) not in done]
    findings = [
        Finding("Schema", "bad", f"Not yet run: {', '.join(pending)}.", "confida migrate")
        if pending
        else Finding("Schema", "good", "Every migration has run.")
    ]
    if unknown := await unknown_tables(crm):
        text = f"Nothing that is known here declares {', '.join(unknown)}: what is in there is neither exported nor erased."
        findings.append(Finding("Unknown tables", "bad", text, "Enable the plugin again that made them, or drop them."))
    return findings


async def check_plugins(crm: Installation) -> list[Finding]:
    return await plugin_findings(crm, Finding)


async def check_work(crm: Installation) -> list[Finding]:
    """Dead letters, and an index that lags."""
    dead = (await crm.data.fetch("SELECT count(*) AS dead FROM job WHERE state = 'dead'"))[0]["dead"]
    findings = [
        Finding("Jobs", "warning", f"{dead} gave up after their last attempt.", "confida jobs list --state dead")
        if dead
        else Finding("Jobs", "good", "None has given up.")
    ]
    if crm.index.needs_rebuild:
        findings.append(Finding("Index", "warning", "It has to be built anew.", "confida reindex"))
    return findings


async def check_backups(crm: Installation) -> list[Finding]:
    """How old the newest backup is, wherever it went, and who could open one that gets lost."""
    settings = crm.settings
    last = await crm.keyring.remembered(LAST_BACKUP)
    remedy = "Set backup_at and backup_to, or let `confida backup` run every day; see docs/install.md."
    findings = [newest_backup(last[0] if last else None, now(), 2 if settings.backup_at else BACKUP_DAYS, remedy)]
    if not settings.backup_recipients:
        text = "Backups are not encrypted to a key of yours; personal content in them still is, row by row."
        findings.append(Finding("Backup key", "warning", text, "confida backup-key new"))
    try:
        recipients_of(settings.backup_recipients)
    except InvalidKey as error:
        findings.append(Finding("Backup key", "bad", f"No backup can be made: {error}.", "Mend backup_recipients."))
    return findings


def newest_backup(last: int | None, moment: datetime, days: int, remedy: str) -> Finding:
    if last is None:
        return Finding("Backup", "warning", "None was made yet.", remedy)
    at = datetime.fromtimestamp(last, UTC)
    if moment - at > timedelta(days=days):
        return Finding("Backup", "warning", f"The newest is of {at:%Y-%m-%d}.", remedy)
    return Finding("Backup", "good", f"The newest is of {at:%Y-%m-%d %H:%M} UTC, and was restored on trial.")


async def check_mail(crm: Installation) -> list[Finding]:
    """Whether mail can leave, and what failed lately."""
    findings = [mail_settings(crm), *signature(crm.settings)]
    if not crm.registry.sending_gates:
        findings.append(Finding("Sending", "warning", REASONS["no_gate"], "Enable a plugin that asks for consent."))
    failed = await crm.data.fetch(
        "SELECT count(*) AS failed FROM outbound_message WHERE state = 'failed' AND at > ?",
        now() - timedelta(days=FAILED_DAYS),
    )
    if failed[0]["failed"]:
        text = f"{failed[0]['failed']} failed within {FAILED_DAYS} days."
        findings.append(Finding("Messages", "warning", text, "Look at the list of messages, and send them again."))
    return findings


def mail_settings(crm: Installation) -> Finding:
    reason = not_ready(crm, "email")
    if reason:
        remedy = "Set smtp_host, mail_from and what belongs to them; see docs/sending.md."
        return Finding("Mail", "warning", REASONS.get(reason, reason), remedy)
    settings = crm.settings
    if settings.smtp_security == "none" and settings.smtp_host not in LOCAL:
        text = f"Mail goes unencrypted to {settings.smtp_host}."
        return Finding("Mail", "warning", text, "Set smtp_security to starttls or tls.")
    return Finding("Mail", "good", f"It goes through {settings.smtp_host}.")


def signature(settings: Settings) -> list[Finding]:
    """Whether mail is signed; nothing where that is left to the mail server."""
    name = "Signature of mail"
    try:
        signer = signer_of(settings)
    except UnusableKey as error:
        return [Finding(name, "bad", f"No mail leaves: {error}.", "Mend dkim_selector and dkim_key_file.")]
    if signer is None:
        return []
    ours = sender_domain(settings)
    if ours != signer.domain and not ours.endswith(f".{signer.domain}"):
        text = f"{signer.domain} signs for mail of {ours}: receivers that ask for the same domain refuse it."
        return [Finding(name, "warning", text, "Leave dkim_domain empty.")]
    text = f"{signer.domain} signs it; receivers look for {signer.record_name}."
    return [Finding(name, "good", text, "`confida mail dkim` says what to publish there.")]


CHECKS: tuple[Callable[[Installation], Awaitable[list[Finding]]], ...] = (
    check_keys, check_modes, check_library, check_room, check_schema, check_plugins, check_work, check_backups, check_mail,
)  # fmt: skip
