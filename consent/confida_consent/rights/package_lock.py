"""The key of an answer's archive, locked with a key of the person it is about: erasing the person ends every answer too.

The archive holds everything about the person, and backups hold the archive. Its key stands in the package, under the key of
the request, which outlasts the person; so it is sealed once more, under a key that goes with the person.
"""

from __future__ import annotations

from uuid import UUID

from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.vault.access import NotFound
from confida_core.vault.sealing import bound_to, key_id_of, open_sealed, seal


def _place(package_id: UUID, subject_id: UUID) -> bytes:
    return bound_to(b"answer package", package_id.bytes, subject_id.bytes)


async def locked(crm: Installation, subject_id: UUID, package_id: UUID, secret: bytes) -> bytes:
    """The secret, to be opened only as long as the person is known. Raises KeyDestroyed, a NotFound. Not in a transaction."""
    holder = await crm.keyring.current(subject_id, CONTACT.retention_class)
    return seal(holder.wrap, secret, _place(package_id, subject_id))


async def unlocked(crm: Installation, package_id: UUID, sealed: bytes) -> bytes:
    """The secret again. Raises NotFound once the person was erased, or the package was destroyed."""
    if not sealed:
        raise NotFound("package")
    key_id = key_id_of(sealed)
    holder = (await crm.keyring.load([key_id])).get(key_id)
    if holder is None:
        raise NotFound("package")
    return open_sealed(holder.wrap, sealed, _place(package_id, holder.subject_id))
