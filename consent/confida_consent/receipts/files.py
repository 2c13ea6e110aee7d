"""The files a person takes home: every form of a receipt, and what is needed to check it without us (RC-5, RC-6)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from confida_consent.ledger import verify
from confida_consent.receipts import jsonld, kantara
from confida_consent.receipts.readable import page_of
from confida_consent.receipts.receipt import Receipt
from confida_consent.receipts.words import say, spoken

PLAIN = "text/plain; charset=utf-8"
PYTHON = "text/x-python; charset=utf-8"
STEM = "receipt"

JSONLD, KANTARA, NOTICE, PROOF = f"{STEM}.jsonld", f"{STEM}.kantara.json", f"{STEM}.notice.txt", f"{STEM}.tlog-proof"
KEY, VERIFIER, README = "verifier.key", "verify.py", "README.txt"

Files = dict[str, tuple[str, bytes]]


def files_of(receipt: Receipt) -> Files:
    """Name -> (media type, bytes): those of the receipt itself. What is no consent comes without the two consent formats."""
    files: Files = {}
    if receipt.is_consent:
        files[JSONLD] = jsonld.MEDIA_TYPE, jsonld.jsonld_of(receipt)
    if receipt.holds:
        files[KANTARA] = kantara.MEDIA_TYPE, kantara.kantara_of(receipt)
    if receipt.notice is not None:
        files[NOTICE] = PLAIN, receipt.notice.content
    files[PROOF] = PLAIN, receipt.ledger.proof
    return files


def archive_files_of(receipt: Receipt, language: str = "") -> Files:
    """The same, with the verifier, the ledger's key and a README of this language, which tells what the receipt says."""
    return {
        README: (PLAIN, readme(receipt, language).encode()),
        **files_of(receipt),
        KEY: (PLAIN, f"{receipt.ledger.verifier_key}\n".encode()),
        VERIFIER: (PYTHON, Path(verify.__file__).read_bytes()),
    }


def receipt_archive(receipt: Receipt, language: str = "") -> bytes:
    """Everything in one ZIP file, of which nothing is needed from us to read or check it."""
    written = io.BytesIO()
    moment = receipt.created_at.timetuple()[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (_, content) in archive_files_of(receipt, language).items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return written.getvalue()


def archive_name(receipt: Receipt) -> str:
    """A file name that tells nothing but which record it is."""
    return f"receipt-{receipt.record_id.hex[:8]}.zip"


def readme(receipt: Receipt, language: str = "") -> str:
    """The readable receipt as plain text, and how to check it."""
    page = page_of(receipt, language)
    parts = [page.title, "=" * len(page.title), "", page.lead]
    for section in page.sections:
        parts += ["", section.title, "-" * len(section.title)]
        parts += [f"{row.label}: {row.value.replace(chr(10), ', ')}" for row in section.rows]
    words = HOW[spoken(page.language)]
    parts += ["", "", *words.strip("\n").split("\n")]
    told: Mapping[str, str] = FILES
    parts += ["", *(f"{name}: {say(told[name], page.language)}" for name in archive_names(receipt))]
    return "\n".join(parts) + "\n"


def archive_names(receipt: Receipt) -> list[str]:
    return [*files_of(receipt), KEY, VERIFIER]


FILES: Mapping[str, str] = {
    JSONLD: "the receipt for programs (ISO/IEC TS 27560, JSON-LD)",
    KANTARA: "the receipt for programs that know Kantara Consent Receipt 1.1",
    NOTICE: "the text that was shown, byte by byte",
    PROOF: "the proof that the entry stands in the signed ledger",
    KEY: "the key that the ledger is signed with",
    VERIFIER: "the program that checks it",
}

HOW: Mapping[str, str] = {
    "en": """
How to check this receipt
-------------------------
You need neither us nor the network, but Python 3.9 or newer with the package "cryptography". In the folder of these files:

    python verify.py receipt . --key verifier.key

If one byte of the notice, of what was recorded or of the proof had been changed, it would say REFUSED. The key should be
one that you have from elsewhere too, such as the website of the organisation or an earlier receipt: compare it.
The check shows that this entry was in the ledger when the ledger was signed. It cannot show that an entry is true.
""",
    "de": """
So prüfen Sie diesen Beleg
--------------------------
Sie brauchen weder uns noch das Netz, nur Python ab 3.9 mit dem Paket "cryptography". Im Ordner dieser Dateien:

    python verify.py receipt . --key verifier.key

Wäre ein Byte des Textes, des Eintrags oder des Nachweises verändert, stünde dort REFUSED. Den Schlüssel sollten Sie auch
aus anderer Quelle haben, etwa von der Webseite der Organisation oder aus einem früheren Beleg: Vergleichen Sie ihn.
Die Prüfung zeigt, dass dieser Eintrag im Register stand, als es unterschrieben wurde. Ob er wahr ist, zeigt sie nicht.
""",
}
