"""The certificate of an erasure as files that a person checks without us: text, proof in the ledger, key and verifier."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from confida_consent.ledger import verify
from confida_consent.ledger.log import inclusion, tlog_proof, verifier_key
from confida_consent.rights.erasure_rows import Found, read
from confida_consent.rights.erasure_stages import request_commitment, request_opening
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound

TEXT, PROOF, OPENING = "certificate.notice.txt", "certificate.tlog-proof", "request.opening.json"
KEY, VERIFIER, README = "verifier.key", "verify.py", "README.txt"

HOW = """\
{text} says what was erased, what is kept, and why.
{text} sagt, was gelöscht wurde, was noch gespeichert ist und warum.

To check it you need neither us nor the network, but Python 3.9 or newer with the package "cryptography". In this folder:
Zum Prüfen brauchen Sie weder uns noch das Netz, nur Python ab 3.9 mit dem Paket "cryptography". In diesem Ordner:

    python verify.py receipt . --key verifier.key

If one byte of the text or of the proof had been changed, it would say REFUSED. Have the key from elsewhere too, such as
the organisation's website or an earlier receipt, and compare it. The check shows that this entry was in the ledger when
the ledger was signed. It cannot show that an entry is true.
Wäre ein Byte des Textes oder des Nachweises verändert, stünde dort REFUSED. Haben Sie den Schlüssel auch aus anderer
Quelle, etwa von der Webseite der Organisation oder aus einem früheren Beleg, und vergleichen Sie ihn. Die Prüfung zeigt,
dass dieser Eintrag im Register stand, als es unterschrieben wurde. Ob er wahr ist, zeigt sie nicht.

{opening} opens the member "request" of the proof: SHA-256 of the domain, the salt and the payload.
{opening} öffnet die Angabe "request" des Nachweises: SHA-256 aus Domäne, Salz und Inhalt.
"""


async def certificate_of(crm: Installation, access: Access, erasure_id: UUID) -> bytes:
    """A ZIP archive that verifies offline, and always the same text. It holds nothing personal but random numbers.

    Raises Forbidden without `requests.read`, NotFound, also for an erasure that is not done yet.
    """
    access.actor.require("requests.read")
    found = await read(crm, erasure_id)
    if found.row["ledger_index"] is None or not found.content.certificate:
        raise NotFound
    files = await certificate_files(crm, found)
    written = io.BytesIO()
    moment = found.row["finished_at"].timetuple()[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return written.getvalue()


async def certificate_files(crm: Installation, found: Found) -> Mapping[str, bytes]:
    """Name -> content. The proof is made anew: it leads to the newest checkpoint."""
    note = found.content
    verifier = await asyncio.to_thread(Path(verify.__file__).read_bytes)
    proof = tlog_proof(await inclusion(crm, found.row["ledger_index"]), note.salt, note.payload)
    opening = {
        "domain": verify.DOMAIN.decode(),
        "salt": note.request_salt.hex(),
        "payload": request_opening(found).decode(),
        "commitment": request_commitment(found).hex(),
    }
    return {
        README: HOW.format(text=TEXT, opening=OPENING).encode(),
        TEXT: note.certificate.encode(),
        PROOF: proof,
        OPENING: json.dumps(opening, indent=2).encode() + b"\n",
        KEY: f"{await verifier_key(crm)}\n".encode(),
        VERIFIER: verifier,
    }


def certificate_name(erasure_id: UUID) -> str:
    """A file name that tells nothing but which erasure it is."""
    return f"erasure-{erasure_id.hex[-12:]}.zip"
