"""Reading receipts as others would: as RDF, against the shapes and against the vocabulary (CR-10, CR-11, CR-12)."""

from __future__ import annotations

import json
import re
import warnings
from functools import cache
from typing import Any

import pyshacl
from rdflib import RDF, Graph, Literal, URIRef

from tests.shared_data import shared

DPV = "https://w3id.org/dpv#"
VOCABULARIES = {
    DPV: "dpv.ttl",
    "https://w3id.org/dpv/pd#": "pd.ttl",
    "https://w3id.org/dpv/legal/eu/gdpr#": "eu-gdpr.ttl",
}
LOC = re.compile(r"https://w3id\.org/dpv/loc#[A-Z]{2}")
PROFILES = {f"https://w3id.org/dpv/schema/dpv-27560#{name}-eu-gdpr" for name in ("receipt", "record")}
# Of other vocabularies, only these.
OTHERS = {
    "http://purl.org/dc/terms/": "conformsTo created description hasVersion identifier language title",
    "http://www.w3.org/2004/02/skos/core#": "broader",
    "https://schema.org/": "ContactPoint MediaObject PostalAddress address addressCountry addressLocality associatedMedia "
    "contactPoint email encodingFormat name postalCode sha256 streetAddress telephone text url",
    str(RDF): "type value",
}
# What GDPR wants beyond what the given shapes ask for.
MORE_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dpv: <https://w3id.org/dpv#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix ex: <urn:confida:shapes#> .
ex:Record a sh:NodeShape ; sh:targetClass dpv:ConsentRecord ;
  sh:property [ sh:path dpv:hasAuthority ; sh:minCount 1 ; sh:node ex:Authority ] .
ex:Authority a sh:NodeShape ;
  sh:property [ sh:path dpv:hasName ; sh:minCount 1 ] ; sh:property [ sh:path dpv:hasContact ; sh:minCount 1 ] .
ex:Process a sh:NodeShape ; sh:targetClass dpv:Process ;
  sh:property [ sh:path dpv:hasProcessing ; sh:minCount 1 ] ; sh:property [ sh:path dpv:hasDataSource ; sh:minCount 1 ] ;
  sh:property [ sh:path dpv:hasStorageCondition ; sh:qualifiedMinCount 1 ;
    sh:qualifiedValueShape [ sh:class dpv:StorageLocation ; sh:property [ sh:path dpv:hasLocation ; sh:minCount 1 ] ] ] ;
  sh:property [ sh:path dpv:hasStorageCondition ; sh:qualifiedMinCount 1 ;
    sh:qualifiedValueShape [ sh:class dpv:StorageDuration ; sh:property [ sh:path dpv:hasDuration ; sh:minCount 1 ] ] ] .
"""


def graph_of(document: dict[str, Any] | bytes) -> Graph:
    text = document.decode() if isinstance(document, bytes) else json.dumps(document)
    with warnings.catch_warnings():
        # Its reader of JSON-LD uses a class of its own that is to go; that is no fault of the receipt.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=text, format="json-ld")


@cache
def shapes() -> Graph:
    graph = Graph().parse(shared("consent/dpv27560_shapes.ttl"))
    return graph.parse(data=MORE_SHAPES, format="turtle")


@cache
def vocabulary() -> frozenset[str]:
    """Every term that the vocabularies define."""
    known = set[str]()
    for space, name in VOCABULARIES.items():
        graph = Graph().parse(shared(f"consent/dpv/{name}"))
        known |= {str(term) for term in graph.subjects(RDF.type) if str(term).startswith(space)}
    return frozenset(known)


def conforms(graph: Graph) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return bool(pyshacl.validate(graph, shacl_graph=shapes(), inference="none")[0])


def unknown_terms(graph: Graph) -> set[str]:
    """Every name in the graph that no vocabulary knows; names of things, which are ours, do not count."""
    others = {space + name for space, names in OTHERS.items() for name in names.split()} | PROFILES
    places = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    kinds = {term.datatype for term in graph.objects() if isinstance(term, Literal) and term.datatype}
    terms = {str(term) for term in places if str(term).startswith(("https://w3id.org/", *OTHERS))}
    terms |= {str(term) for term in (*graph.predicates(), *graph.objects(None, RDF.type))}
    unknown = {term for term in terms if term not in vocabulary() | others and not LOC.fullmatch(term)}
    return unknown | {str(kind) for kind in kinds if str(kind) != "http://www.w3.org/2001/XMLSchema#dateTime"}
