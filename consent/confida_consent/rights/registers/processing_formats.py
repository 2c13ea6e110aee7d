"""The register of processing for machines: JSON-LD in the words of DPV, and a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from confida_consent.controller import Controller
from confida_consent.rights.registers.processing import CONTACTS, STAFF, Activity, Register
from confida_core.accounts.signing_in import address_of
from confida_core.exchange.formula_guard import guarded
from confida_core.installation import Installation

MEDIA_TYPE = "application/ld+json"
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
    **{
        term: {"@type": "@id"}
        for term in (
            "dpv:hasLegalBasis",
            "dpv:hasPersonalData",
            "dpv:hasProcessing",
            "dpv:hasJurisdiction",
            "dpv:hasLocation",
            "dpv:hasDataController",
            "skos:broader",
        )
    },
    "dct:created": {"@type": "xsd:dateTime"},
}
BASIS: Mapping[str, str] = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal_obligation": "eu-gdpr:A6-1-c",
    "vital_interest": "eu-gdpr:A6-1-d",
    "public_task": "eu-gdpr:A6-1-e",
    "legitimate_interest": "eu-gdpr:A6-1-f",
}
COLUMNS = (
    "Purpose", "Description", "Declared by", "Lawful basis", "Persons", "Personal data", "Channels", "Recipients",
    "Time limit", "Special categories", "Retired",
)  # fmt: skip
Node = dict[str, Any]


def jsonld_of(crm: Installation, register: Register) -> bytes:
    """UTF-8 JSON. Every term is one of DPV 2.3 or of a vocabulary it uses."""
    base = address_of(crm)
    whole = {
        "@context": CONTEXT,
        "@id": f"{base}/#processing",
        "@type": "dpv:RecordsOfActivities",
        "dct:created": register.drawn_up_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "dpv:hasDataController": f"{base}/#controller",
        "dpv:hasEntity": controller_node(register.controller, base),
        "dpv:hasProcess": [process_node(one, register, base) for one in register.activities if not one.retired],
        "dpv:hasTechnicalOrganisationalMeasure": [
            {"@type": "dpv:TechnicalOrganisationalMeasure", "dct:description": text} for text in register.measures
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def controller_node(controller: Controller, base: str) -> Node:
    address = {
        "@type": "schema:PostalAddress",
        "schema:streetAddress": controller.street.replace("\n", ", "),
        "schema:postalCode": controller.postal_code,
        "schema:addressLocality": controller.locality,
        "schema:addressCountry": controller.country,
    }
    contact = {
        "@type": "schema:ContactPoint",
        "schema:email": controller.email,
        "schema:telephone": controller.phone,
        "schema:url": controller.website,
    }
    node: Node = {
        "@id": f"{base}/#controller",
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "schema:contactPoint": {**filled(contact), "schema:address": filled(address)},
    }
    if controller.officer or controller.officer_email:
        officer = {"dpv:hasName": controller.officer, "schema:email": controller.officer_email}
        node["dpv:hasDataProtectionOfficer"] = {"@type": "dpv:DataProtectionOfficer", **filled(officer)}
    return node


def process_node(activity: Activity, register: Register, base: str) -> Node:
    country = register.controller.storage_country or register.controller.country
    node: Node = {
        "@type": "dpv:Process",
        "@id": f"{base}/#activity/{activity.key}",
        "dpv:hasPurpose": filled(
            {
                "@id": f"{base}/#purpose/{activity.key}",
                "@type": "dpv:Purpose",
                "dct:title": activity.title,
                "dct:description": activity.description,
                "skos:broader": f"dpv:{activity.dpv}" if activity.dpv else "",
            }
        ),
        "dpv:hasPersonalData": [f"pd:{term}" for term in activity.terms]
        + (["dpv:SpecialCategoryPersonalData"] if activity.special_category else [])
        or ["dpv:PersonalData"],
        "dpv:hasDataSubject": [
            {"@type": "dpv:Employee" if who == STAFF else "dpv:DataSubject", "dct:description": who}
            for who in activity.people or (CONTACTS,)
        ],
        "dpv:hasProcessing": ["dpv:Store", "dpv:Use"],
        "dpv:hasStorageCondition": storage_nodes(activity, country),
        "dpv:hasRecipient": [{"@type": "dpv:Recipient", "dpv:hasName": name} for name in activity.recipients]
        or [{"@id": f"{base}/#controller"}],
    }
    if activity.basis in BASIS:
        node["dpv:hasLegalBasis"] = BASIS[activity.basis]
    return node


def storage_nodes(activity: Activity, country: str) -> list[Node]:
    nodes: list[Node] = []
    if country:
        nodes.append({"@type": "dpv:StorageLocation", "dpv:hasLocation": f"loc:{country}"})
    limit = {"@type": "dpv:UntilEventDuration", "rdf:value": activity.limit or "until it is no longer needed"}
    return [*nodes, {"@type": "dpv:StorageDuration", "dpv:hasDuration": limit}]


def filled(node: Mapping[str, str]) -> Node:
    return {name: value for name, value in node.items() if value}


def csv_of(register: Register) -> bytes:
    """UTF-8 with a byte-order mark, as spreadsheets want it; one line for each activity."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in register.activities:
        data = [f"{group.label} ({', '.join(group.fields)}): {group.limit}" for group in one.data] or list(one.terms)
        cells = (
            one.title, one.description, one.plugin, one.basis_label, "; ".join(one.people), "; ".join(data),
            "; ".join(one.channels), "; ".join(one.recipients), one.limit,
            "yes" if one.special_category else "no", "yes" if one.retired else "no",
        )  # fmt: skip
        writer.writerow([guarded(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
