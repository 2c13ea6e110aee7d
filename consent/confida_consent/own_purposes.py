"""The purposes every installation has. An administrator adds others on the page, plugins through the hook."""

from __future__ import annotations

from confida_consent.declarations import ConsentPurpose, Wording

ALL_WAYS = ("email", "phone", "sms", "post", "messenger")

CONFIRMATION = ConsentPurpose(
    key="consent_confirmation",
    version=1,
    texts={
        "en": Wording(
            title="Confirming your choices",
            description="We send a code or a link to your own address, so that nobody else can decide in your name.",
        ),
        "de": Wording(
            title="Bestätigung Ihrer Entscheidungen",
            description="Wir senden einen Code oder Link an Ihre eigene Adresse, damit niemand sonst für Sie entscheidet.",
            retention="Jeder Code und jeder Link endet von selbst, spätestens nach sieben Tagen.",
        ),
    },
    basis="legal_obligation",
    channels=("email",),
    category="service",
    retention="Each code and link ends by itself, at the latest after seven days.",
    dpv_purpose="LegalCompliance",
    personal_data=("EmailAddress",),
    listed=False,
)

DATA_SUBJECT_REQUEST = ConsentPurpose(
    key="data_subject_request",
    version=1,
    texts={
        "en": Wording(
            title="Answering your requests",
            description="We write to you about what you ask of us as the person the data are about.",
        ),
        "de": Wording(
            title="Antworten auf Ihre Anliegen",
            description="Wir schreiben Ihnen zu dem, was Sie als die Person verlangen, um deren Daten es geht.",
            retention="Drei Jahre nach der Antwort auf das Anliegen.",
        ),
    },
    basis="legal_obligation",
    channels=("email", "post"),
    category="service",
    retention="Three years after the request was answered.",
    dpv_purpose="LegalCompliance",
    personal_data=("EmailAddress",),
    listed=False,
)

AGREEMENT = ConsentPurpose(
    key="agreement",
    version=1,
    texts={
        "en": Wording(
            title="What we have agreed with you",
            description="We write or call you about your orders, membership, appointments and questions.",
        ),
        "de": Wording(
            title="Was wir mit Ihnen vereinbart haben",
            description="Wir schreiben Ihnen oder rufen Sie an: zu Bestellungen, Mitgliedschaft, Terminen und Fragen.",
            retention=(
                "Solange die Vereinbarung besteht, danach so lange, wie das Gesetz uns aufgibt, die Schreiben darüber "
                "aufzubewahren."
            ),
        ),
    },
    basis="contract",
    channels=ALL_WAYS,
    category="service",
    retention="As long as the agreement lasts, then as long as the law asks us to keep the letters about it.",
    dpv_purpose="FulfilmentOfContractualObligation",
)

NEWSLETTER = ConsentPurpose(
    key="newsletter",
    version=1,
    texts={
        "en": Wording(
            title="Newsletter",
            description="We send you news about our work. You can stop this at any time, as easily as you began it.",
        ),
        "de": Wording(
            title="Newsletter",
            description="Wir senden Ihnen Neuigkeiten über unsere Arbeit. Sie können das jederzeit ebenso einfach beenden.",
            retention="Bis Sie widerrufen; den Nachweis Ihrer Einwilligung drei weitere Jahre.",
        ),
    },
    basis="consent",
    channels=ALL_WAYS,
    category="marketing",
    validity="P24M",
    retention="Until you withdraw; the proof of your consent for three more years.",
    dpv_purpose="DirectMarketing",
)

OFFERS = ConsentPurpose(
    key="customer_offers",
    version=1,
    texts={
        "en": Wording(
            title="Offers to existing customers",
            description="We tell customers and supporters about offers like those they took before. You can object at any time.",
        ),
        "de": Wording(
            title="Angebote für Bestandskunden",
            description="Wir informieren über Angebote, die früheren ähnlich sind. Sie können jederzeit widersprechen.",
            retention="Bis Sie widersprechen.",
            balancing_note=(
                "Kundinnen und Kunden dürfen damit rechnen, von ähnlichen Angeboten zu hören; die Adresse stammt "
                "aus einem Verkauf, jede Nachricht sagt, wie man widerspricht, und vor jedem Versand gelten die "
                "Regeln Ihres Landes über unverlangte Werbung."
            ),
        ),
    },
    basis="legitimate_interest",
    balancing_note=(
        "Customers may expect to hear of similar offers; the address came from a sale, each message tells how to object, "
        "and the rules of the person's country on unsolicited communication are applied before anything is sent."
    ),
    channels=ALL_WAYS,
    category="marketing",
    retention="Until you object.",
    dpv_purpose="DirectMarketing",
)

PROFILING = ConsentPurpose(
    key="profiling",
    version=1,
    texts={
        "en": Wording(
            title="Knowing what interests you",
            description="We draw conclusions from your orders, gifts and answers to choose what we tell you about. You can object.",
        ),
        "de": Wording(
            title="Wissen, was Sie interessiert",
            description="Aus Bestellungen, Spenden und Antworten schließen wir, worüber wir Sie informieren. Sie können widersprechen.",
            retention="Bis Sie widersprechen.",
            balancing_note=(
                "Wenige und passende Nachrichten nützen auch der Person; besondere Kategorien von Daten werden "
                "nicht verwendet, nichts wird automatisch entschieden, und ein Widerspruch beendet es sofort."
            ),
        ),
    },
    basis="legitimate_interest",
    balancing_note=(
        "Fewer and fitting messages serve the person too; no special categories are used, nothing is decided automatically, "
        "and an objection ends it at once."
    ),
    channels=("profiling",),
    category="profiling",
    retention="Until you object.",
    dpv_purpose="Personalisation",
)

PURPOSES = (CONFIRMATION, DATA_SUBJECT_REQUEST, AGREEMENT, NEWSLETTER, OFFERS, PROFILING)
