"""How each table of results stands at erasure, and the purpose for which clicks of one person may be kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from confida_consent.api import ConsentPurpose, Wording
from confida_core.api import InAnswer, RecordDeclaration, Sealed, TableDeclaration
from confida_marketing.results.tables import Click, Link, Revenue

MEASURING = "marketing.measuring"
PROFILING = "profiling"


class ClickContent(Sealed, frozen=True):
    """url: where the link leads that was opened."""

    url: Annotated[str, Meta(max_length=2_000)] = ""


CLICK = RecordDeclaration(
    table=Click,
    content=ClickContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Links of e-mails that were opened",
    answer=InAnswer(source="Noted when a link was opened, because the person agreed to it."),
)
RECORDS = (CLICK,)
TABLES = (
    TableDeclaration(
        table=Link,
        subject_free="Where mails lead everybody, and how often that was followed by all together.",
        clear={
            "part": "a key",
            "variant": "one letter or nothing",
            "url": "an address that colleagues typed for everybody; it can hold no personal field",
            "token": "random, and public by its nature: it stands in every mail",
        },
    ),
    TableDeclaration(
        table=Revenue,
        subject="contact_id",
        subject_free="Ids, amounts and times, repeated from where the money is booked; rows go with their contact.",
        clear={"currency": "ISO 4217", "what": "a key"},
    ),
)
CONSENT_PURPOSES = (
    ConsentPurpose(
        key=MEASURING,
        version=1,
        texts={
            "en": Wording(
                title="Knowing which links you open",
                description=(
                    "Only if you agree: we keep which links in our e-mails you open, to write what is of use to you. "
                    "Otherwise clicks are counted without you."
                ),
            ),
            "de": Wording(
                title="Wissen, welche Links Sie öffnen",
                description=(
                    "Nur wenn Sie zustimmen: Wir merken uns, welche Links in unseren E-Mails Sie öffnen, um Nützlicheres zu "
                    "schreiben. Sonst werden Klicks ohne Sie gezählt."
                ),
                retention="Bis Sie widerrufen, höchstens ein Jahr.",
            ),
        },
        basis="consent",
        channels=(PROFILING,),
        category="profiling",
        validity="P24M",
        retention="Until you withdraw, one year at most.",
        dpv_purpose="Personalisation",
    ),
)
