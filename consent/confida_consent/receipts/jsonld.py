"""The receipt as JSON-LD in the profile record-eu-gdpr of ISO/IEC TS 27560 (RC-1 to RC-3, CR-10 to CR-13).

A fixed template with its context inside: readers need no network, and we need no RDF library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from confida_consent.receipts import terms
from confida_consent.receipts.receipt import LedgerPlace, Receipt, ShownNotice, Status
from confida_consent.receipts.words import label, method_label, spoken
from confida_consent.vocabulary import YES
from confida_core.contacts.channels import normal_link

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#"
MEDIA_TYPE = "application/ld+json"

_IDS = (
    "dct:conformsTo dpv:hasLegalBasis dpv:hasPersonalData dpv:hasProcessing dpv:hasJurisdiction dpv:hasLocation "
    "dpv:hasDataController dpv:isIndicatedBy dpv:isExercisedAt skos:broader"
)
_TIMES = "dct:created dpv:isIndicatedAtTime"

CONTEXT: Mapping[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{term: {"@type": "@id"} for term in _IDS.split()},
    **{term: {"@type": "xsd:dateTime"} for term in _TIMES.split()},
}

Node = dict[str, Any]


class NoConsent(ValueError):
    """This is no consent and must not be written down as one: an objection, or another lawful basis (CR-6)."""


def jsonld_of(receipt: Receipt) -> bytes:
    """UTF-8 JSON. Raises NoConsent."""
    if not receipt.is_consent:
        raise NoConsent(receipt.status.kind)
    whole = {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{receipt.id}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": str(receipt.id),
        "dct:conformsTo": f"{PROFILE}receipt-eu-gdpr",
        "dct:created": instant(receipt.created_at),
        "dpv:hasRecordOfActivity": record_of(receipt),
        "schema:associatedMedia": enclosures(receipt.notice, receipt.ledger),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def record_of(receipt: Receipt) -> Node:
    basis = [terms.LEGAL_BASIS[receipt.status.consent_type]]
    if receipt.purpose.special_category:
        basis.append(terms.SPECIAL_CATEGORY_BASIS)
    return {
        "@id": f"urn:uuid:{receipt.record_id}",
        "@type": "dpv:ConsentRecord",
        # The second one is what the organisation finds it by.
        "dct:identifier": [str(receipt.record_id), str(receipt.event_id)],
        "dct:conformsTo": f"{PROFILE}record-eu-gdpr",
        "dct:created": instant(receipt.recorded_at),
        "dpv:hasDataSubject": {"@id": subject_id(receipt), "@type": "dpv:DataSubject"},
        "dpv:hasNotice": notice_of(receipt),
        "dpv:hasProcess": [process_of(receipt)],
        "dpv:hasDataController": controller_id(receipt),
        "dpv:hasEntity": controller_of(receipt),
        "dpv:hasLegalBasis": basis,
        "dpv:hasJurisdiction": f"loc:{receipt.controller.jurisdiction}",
        "dpv:hasAuthority": authority_of(receipt),
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": receipt.own_pages},
        "dpv:hasRight": rights_of(receipt),
        "dpv:hasConsentStatus": [
            status_of(receipt, status) for status in (receipt.status, *receipt.later) if status.kind in terms.STATUS
        ],
    }


def subject_id(receipt: Receipt) -> str:
    return f"urn:uuid:{receipt.subject_id}"


def controller_id(receipt: Receipt) -> str:
    return f"{receipt.address}/#controller"


def notice_of(receipt: Receipt) -> Node:
    """The notice that asked; where none is kept (an import, a call), the standing one of the organisation."""
    notice = receipt.notice
    if notice is None:
        return {
            "@id": receipt.controller.privacy_policy,
            "@type": "dpv:PrivacyNotice",
            "dct:language": receipt.language or "en",
        }
    return {
        "@id": f"urn:uuid:{notice.id}",
        "@type": "dpv:ConsentNotice",
        "dct:language": notice.language,
        "dct:hasVersion": str(notice.version),
        "schema:sha256": notice.sha256,
    }


def process_of(receipt: Receipt) -> Node:
    purpose, language = receipt.purpose, spoken(receipt.language)
    used, wording = receipt.purpose.wording(receipt.language)
    data = [f"pd:{term}" for term in terms.personal_data(purpose.personal_data, receipt.channel)]
    if purpose.special_category:
        data.append("dpv:SpecialCategoryPersonalData")
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@id": f"{receipt.address}/#purpose/{purpose.key}/{receipt.purpose_version}",
            "@type": "dpv:Purpose",
            "skos:broader": f"dpv:{purpose.dpv_purpose}",
            "dct:title": {"@value": wording.title, "@language": used},
            "dct:description": {"@value": wording.description, "@language": used},
            "dct:hasVersion": str(receipt.purpose_version),
        },
        "dpv:hasService": {
            "@type": "dpv:Service",
            "dct:identifier": receipt.channel,
            "dct:title": {"@value": label(receipt.channel, language), "@language": language},
        },
        "dpv:hasPersonalData": data,
        "dpv:hasDataSource": {"@type": "dpv:DataSubjectDataSource"},
        "dpv:hasProcessing": list(terms.PROCESSING.get(receipt.channel, terms.USUAL_PROCESSING)),
        "dpv:hasStorageCondition": storage_of(receipt, language),
        "dpv:hasRecipient": [{"@type": "dpv:ThirdParty", "dpv:hasName": name} for name in purpose.recipients]
        or {"@id": controller_id(receipt)},
    }


def storage_of(receipt: Receipt, language: str) -> list[Node]:
    lasts = receipt.purpose.retention_in(language) or label("until you withdraw", language)
    return [
        {
            "@type": "dpv:StorageLocation",
            "dpv:hasLocation": f"loc:{receipt.controller.storage_country or receipt.controller.jurisdiction}",
        },
        {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": lasts},
        },
    ]


def controller_of(receipt: Receipt) -> Node:
    controller = receipt.controller
    contact = {
        "@type": "schema:ContactPoint",
        "schema:email": controller.email,
        "schema:telephone": controller.phone,
        "schema:url": controller.website,
    }
    address = {
        "@type": "schema:PostalAddress",
        "schema:streetAddress": controller.street.replace("\n", ", "),
        "schema:postalCode": controller.postal_code,
        "schema:addressLocality": controller.locality,
        "schema:addressCountry": controller.country,
    }
    node = {
        "@id": controller_id(receipt),
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "dpv:hasIdentifier": controller_id(receipt),
        "schema:contactPoint": {**filled(contact), "schema:address": filled(address)},
    }
    if controller.officer or controller.officer_email:
        officer = {"dpv:hasName": controller.officer, "schema:email": controller.officer_email}
        node["dpv:hasDataProtectionOfficer"] = {"@type": "dpv:DataProtectionOfficer", **filled(officer)}
    return node


def filled(node: Mapping[str, str]) -> Node:
    return {name: value for name, value in node.items() if value}


def authority_of(receipt: Receipt) -> Node:
    name, contact = authority(receipt)
    return {"@type": "dpv:DataProtectionAuthority", "dpv:hasName": name, "dpv:hasContact": contact}


def authority(receipt: Receipt) -> tuple[str, str]:
    """(name, contact) of the authority that takes complaints."""
    controller = receipt.controller
    if controller.authority:
        return controller.authority, controller.authority_contact or terms.ANY_AUTHORITY[1]
    return terms.ANY_AUTHORITY


def rights_of(receipt: Receipt) -> list[Node]:
    own = [{"@type": right, "dpv:isExercisedAt": receipt.own_pages} for right in ("eu-gdpr:A7-3", *terms.RIGHTS)]
    place = normal_link(authority(receipt)[1])
    return [*own, {"@type": terms.COMPLAINT, **({"dpv:isExercisedAt": place} if place else {})}]


def status_of(receipt: Receipt, status: Status) -> Node:
    language = spoken(receipt.language)
    return {
        "@type": [terms.STATUS[status.kind], terms.CONSENT_TYPE[status.consent_type]],
        "dpv:isIndicatedBy": controller_id(receipt) if status.by_controller else subject_id(receipt),
        "dpv:isIndicatedAtTime": instant(status.indicated_at),
        "dpv:hasIndicationMethod": method_label(status.method, language),
        "dpv:hasDuration": duration_of(status, language),
    }


def duration_of(status: Status, language: str) -> Node:
    """How long the state lasts: to a moment, or until the person says something else."""
    if status.kind in YES and status.valid_until is not None:
        return {"@type": "dpv:UntilTimeDuration", "rdf:value": instant(status.valid_until)}
    until = "until you withdraw" if status.kind in YES else "until you decide otherwise"
    return {"@type": "dpv:UntilEventDuration", "rdf:value": label(until, language)}


def enclosures(notice: ShownNotice | None, ledger: LedgerPlace) -> list[Node]:
    """The notice and the proof inside the receipt too, so that the one file is enough to prove it (RC-5)."""
    shown = [enclosure("notice.txt", notice.content)] if notice else []
    return [*shown, enclosure("receipt.tlog-proof", ledger.proof)]


def enclosure(name: str, content: bytes) -> Node:
    return {
        "@type": "schema:MediaObject",
        "schema:name": name,
        "schema:encodingFormat": "text/plain",
        "schema:sha256": hashlib.sha256(content).hexdigest(),
        "schema:text": content.decode(),
    }


def instant(moment: datetime) -> str:
    """UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
