"""What is sealed of a survey: what somebody wrote about how they were served."""

from __future__ import annotations

from confida_core.api import InAnswer, LongText, RecordDeclaration, Sealed
from confida_service.service_levels.tables import Survey


class SurveyContent(Sealed, frozen=True):
    """comment: "" for none."""

    comment: LongText = ""


SURVEY = RecordDeclaration(
    table=Survey,
    content=SurveyContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Surveys",
    answer=InAnswer(category="What you asked us", source="Written by you."),
)
