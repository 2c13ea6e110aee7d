"""Reads the form on which staff write down what somebody said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from litestar import Request

from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_core.clock import now
from confida_web.consents.words import SPOKEN
from confida_web.formatting import Formatter, formatter
from confida_web.forms import FormData

EVERYTHING = "*"
# A day without a time: the middle of it, which is that day in every zone near the reader's.
NOON = time(12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """answer: yes or no. at: None for this moment. channels: those that were ticked."""

    answer: str
    purpose: str
    channels: tuple[str, ...]
    method: str
    at: datetime | None
    indicated_by: str = ""
    script: str = ""
    note: str = ""
    language: str = ""

    def channels_of(self, purpose: Purpose) -> tuple[str, ...]:
        """The ticked ones that the purpose uses."""
        return tuple(each for each in self.channels if each in purpose.declared.channels)

    def evidence(self, *, file_id: str, origin: str) -> Evidence:
        return Evidence(
            indicated_by=self.indicated_by,
            detail=self.note,
            script=self.script,
            file_id=file_id,
            origin=origin,
        )


def read_said(
    request: Request[Any, Any, Any], form: FormData, purposes: Mapping[str, Purpose], *, proved: bool
) -> tuple[Said | None, dict[str, str]]:
    """What the form says, or by field what is wrong with it. proved: a file came with it."""
    frame = request.state.frame
    errors: dict[str, str] = {}
    answer = "no" if form.get("answer") == "no" else "yes"
    purpose, method = form.get("purpose"), form.get("method")
    if purpose not in purposes and not (purpose == EVERYTHING and answer == "no" and purposes):
        errors["purpose"] = "Choose what it was about."
    if method not in SPOKEN:
        errors["method"] = "Choose how it was said."
    errors |= wrong_channels(form.all("channels"), purposes, purpose)
    at = read_moment(form.get("day"), form.get("time"), formatter(frame.lang, frame.time_zone), errors)
    texts = {name: form.get(name).strip() for name in ("indicated_by", "script", "note")}
    errors |= too_long(texts)
    if answer == "yes" and not (proved or texts["script"] or texts["note"]):
        errors["script"] = "Say what was asked, or add a note or a scan: a consent has to be proved."
    if errors:
        return None, errors
    said = Said(
        answer=answer,
        purpose=purpose,
        channels=tuple(dict.fromkeys(form.all("channels"))),
        method=method,
        at=at,
        language=form.get("language")[:35],
        **texts,
    )
    return said, {}


def wrong_channels(channels: list[str], purposes: Mapping[str, Purpose], purpose: str) -> dict[str, str]:
    if not channels:
        return {"channels": "Choose at least one."}
    used = [one.declared.channels for key, one in purposes.items() if purpose in {EVERYTHING, key}]
    known = {each for some in used for each in some}
    if used and not set(channels) <= known:
        return {"channels": "This purpose does not use one of these ways."}
    return {}


def too_long(texts: Mapping[str, str]) -> dict[str, str]:
    limits = {"indicated_by": 200, "script": 20_000, "note": 20_000}
    return {
        name: f"Please keep it under {limits[name]:,} characters."
        for name, text in texts.items()
        if len(text) > limits[name]
    }


def read_moment(day: str, at: str, f: Formatter, errors: dict[str, str]) -> datetime | None:
    """When it was said, in the reader's zone; None for this moment. Writes into errors what is wrong."""
    try:
        on = date.fromisoformat(day) if day else f.today()
        clock = time.fromisoformat(at) if at else None
    except ValueError:
        errors["day"] = "This is not a day, or not a time."
        return None
    if not 1900 <= on.year <= 9000:
        errors["day"] = "This is not a day we can keep."
        return None
    if clock is None and on == f.today():
        return None
    moment = datetime.combine(on, clock.replace(tzinfo=None) if clock else NOON, f.zone)
    if moment > now():
        errors["day" if on > f.today() else "time"] = "This is still to come."
        return None
    return moment
