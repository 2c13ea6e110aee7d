"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_consent.api import ConsentPurpose, Wording
from confida_core.api import JobDeclaration, TableDeclaration
from confida_service.service_levels import setting_routes, survey_routes
from confida_service.service_levels.escalation import escalate
from confida_service.service_levels.survey_content import SURVEY
from confida_service.service_levels.surveys import ask_surveys
from confida_service.service_levels.tables import ServiceHours, ServiceTarget

TABLE_MODULES = ("confida_service.service_levels.tables",)
ABOUT_WORK = "When the organisation works and what it promises; nobody is named."
TABLES = (
    TableDeclaration(table=ServiceTarget, subject_free=ABOUT_WORK),
    TableDeclaration(
        table=ServiceHours,
        subject_free=ABOUT_WORK,
        clear={
            "week": "times of opening",
            "country": "a code of a country",
            "region": "a code of a region",
            "closed_days": "days on which nobody works",
        },
    ),
)
JOBS = (
    JobDeclaration(key="service.escalate", run=escalate, label="Tickets that are getting late", attempts=1, every=300),
    JobDeclaration(key="service.ask_surveys", run=ask_surveys, label="Surveys after tickets", attempts=1, every=3_600),
)
RECORDS = (SURVEY,)
ROUTES = setting_routes.ROUTES
PORTAL_ROUTES = survey_routes.PORTAL_ROUTES
CONSENT_PURPOSES = (
    ConsentPurpose(
        key="service.survey",
        version=1,
        texts={
            "en": Wording(title="Surveys about our service", description="We ask you by e-mail how we answered you."),
            "de": Wording(
                title="Umfragen zu unserem Service",
                description="Wir fragen Sie per E-Mail, ob Sie mit unserer Antwort zufrieden waren.",
            ),
        },
        basis="consent",
        channels=("email",),
        category="service",
        retention="As long as we keep what you asked us.",
    ),
)
