"""The receipt as Kantara Consent Receipt 1.1, for readers that know no JSON-LD (RC-4).

The format knows only consent that was given. A refusal or withdrawal written in it would read as a yes, so there is none.
"""

from __future__ import annotations

import json
from typing import Any

from confida_consent.controller import Controller
from confida_consent.receipts import terms
from confida_consent.receipts.jsonld import NoConsent
from confida_consent.receipts.receipt import Receipt
from confida_consent.receipts.words import label, method_label, spoken, until_label
from confida_consent.vocabulary import ConsentType

VERSION = "KI-CR-v1.1.0"
MEDIA_TYPE = "application/json"

CONSENT_TYPE = {
    ConsentType.NONE: "EXPRESSED",
    ConsentType.IMPLIED: "IMPLIED",
    ConsentType.EXPRESSED: "EXPRESSED",
    ConsentType.EXPLICIT: "EXPLICIT",
}


def kantara_of(receipt: Receipt) -> bytes:
    """UTF-8 JSON. Raises NoConsent for whatever is not a consent that was given and has not been ended since."""
    if not receipt.holds:
        raise NoConsent(receipt.status.kind)
    language = spoken(receipt.language)
    data = terms.personal_data(receipt.purpose.personal_data, receipt.channel)
    special = receipt.purpose.special_category
    whole = {
        "version": VERSION,
        "jurisdiction": receipt.controller.jurisdiction,
        "consentTimestamp": int(receipt.status.indicated_at.timestamp()),
        "collectionMethod": method_label(receipt.status.method, language),
        "consentReceiptID": str(receipt.id),
        "publicKey": receipt.ledger.verifier_key,
        "language": language,
        "piiPrincipalId": f"urn:uuid:{receipt.subject_id}",
        "piiControllers": [controller_of(receipt.controller)],
        "policyUrl": receipt.controller.privacy_policy,
        "services": [{"service": label(receipt.channel, language), "purposes": [purpose_of(receipt, language)]}],
        "sensitive": special,
        "spiCat": list(data) if special else [],
        # Not in the specification, which lets others be added: what ties this paper to the ledger.
        "recordId": str(receipt.record_id),
        "tlogProof": receipt.ledger.proof.decode(),
    }
    if receipt.notice is not None:
        whole["noticeSha256"] = receipt.notice.sha256
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def controller_of(controller: Controller) -> dict[str, Any]:
    address = {
        "streetAddress": controller.street.replace("\n", ", "),
        "postalCode": controller.postal_code,
        "addressLocality": controller.locality,
        "addressCountry": controller.country,
    }
    return {
        "piiController": controller.name,
        "onBehalf": False,
        "contact": controller.officer or controller.name,
        "address": {name: value for name, value in address.items() if value},
        "email": controller.officer_email or controller.email,
        "phone": controller.phone,
        "piiControllerUrl": controller.website,
    }


def purpose_of(receipt: Receipt, language: str) -> dict[str, Any]:
    purpose, (_, wording) = receipt.purpose, receipt.purpose.wording(receipt.language)
    found: dict[str, Any] = {
        "purpose": f"{wording.title}: {wording.description}",
        "purposeCategory": [purpose.dpv_purpose],
        "consentType": CONSENT_TYPE[ConsentType(receipt.status.consent_type)],
        "piiCategory": list(terms.personal_data(purpose.personal_data, receipt.channel)),
        "primaryPurpose": True,
        "termination": until_label(receipt, language),
        "thirdPartyDisclosure": bool(purpose.recipients),
    }
    if purpose.recipients:
        found["thirdPartyName"] = ", ".join(purpose.recipients)
    return found
