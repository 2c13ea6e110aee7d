"""The report of a drill: a text for people, signed with the ledger's key, so that an auditor can tell that it is ours."""

from __future__ import annotations

from confida_consent.drill.run import Outcome
from confida_consent.ledger.checkpoints import Signer, sign_note
from confida_core.registry import own_version

TITLE = "Confida: report of an erasure drill"


def report_text(outcome: Outcome, installation: str) -> str:
    """What was done, and each check with its answer; nothing in it is about anybody."""
    used = "a new installation" if outcome.kind == "new" else "a copy of the installation"
    lines = [
        TITLE,
        f"installation: {installation}",
        f"program: {own_version()}, on {'PostgreSQL' if outcome.engine == 'postgres' else 'SQLite'}, in {used}",
        f"from {outcome.started.isoformat()} to {outcome.ended.isoformat()}",
        f"oldest backup (SHA-256 of its manifest): {outcome.oldest}",
        "",
        "Somebody invented was planted with a marker in every kind of field, backed up, and erased; the oldest backup was",
        f"put back, which left out {outcome.purged} sealed rows whose keys are gone. Then:",
        "",
    ]
    answers = [
        f"{'yes' if check.passed else 'NO '}  {check.says}{f' (found {check.found})' if check.found else ''}"
        for check in outcome.checks
    ]
    return "\n".join([*lines, *answers, "", f"result: {'passed' if outcome.passed else 'FAILED'}"]) + "\n"


def signed_report(outcome: Outcome, installation: str, signer: Signer) -> bytes:
    """A signed note; `verify.py note FILE --key KEY` checks it without Confida."""
    return sign_note(report_text(outcome, installation), signer)
