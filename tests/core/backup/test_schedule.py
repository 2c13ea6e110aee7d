"""Backups that make themselves, and which of them stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from confida_core.backup import schedule
from confida_core.backup.places import Kept, kept_in
from confida_core.backup.schedule import back_up_when_due, last_turn, prune, worth_keeping
from confida_core.clock import now
from confida_core.installation import open_installation
from confida_core.settings import InvalidSettings, read_settings
from tests.conftest import own_registry

START = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)


def settings_with(tmp_path: Path, **given: Any) -> Any:
    return read_settings(home=tmp_path, **given)


def daily(days: int) -> list[Kept]:
    return [Kept(START + timedelta(days=day), Path(f"data-{day}")) for day in range(days)]


def test_days_weeks_and_months_are_kept(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, backup_daily=3, backup_weekly=2, backup_monthly=3)
    kept = sorted(copy.made_at.date().isoformat() for copy in worth_keeping(daily(100), settings))
    # The last is of Friday 10 April: three days; the last of two weeks (the week before ended on the 5th); of three months.
    assert kept == ["2026-02-28", "2026-03-31", "2026-04-05", "2026-04-08", "2026-04-09", "2026-04-10"]


def test_newest_copy_always_stays(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, backup_daily=1, backup_weekly=0, backup_monthly=0)
    copies = [Kept(START + timedelta(hours=hour), Path(str(hour))) for hour in range(5)]
    assert worth_keeping(copies, settings) == {copies[-1]}
    assert worth_keeping([], settings) == set()


def test_time_of_day_is_that_of_the_installation(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, backup_at="02:30", time_zone="Europe/Berlin")
    winter = datetime(2026, 1, 10, 1, 29, tzinfo=UTC)
    assert last_turn(settings, winter).astimezone(UTC) == datetime(2026, 1, 9, 1, 30, tzinfo=UTC)
    assert last_turn(settings, winter + timedelta(minutes=1)) == datetime(2026, 1, 10, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["2:30", "24:00", "02:60", "night"])
def test_time_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InvalidSettings, match="backup_at"):
        settings_with(tmp_path, backup_at=wrong)


@pytest.mark.anyio
async def test_job_makes_one_backup_a_day_and_removes_what_has_had_its_time(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    for stamp in ("20200101T000000Z", "20200102T000000Z"):
        (place / f"data-{stamp}-0000").mkdir()
    (place / "data-20200103T000000Z-0000.part").mkdir()
    (place / "letters").mkdir()
    off = settings.model_copy(update={"backup_to": place, "backup_daily": 2, "backup_weekly": 1, "backup_monthly": 1})
    async with open_installation(off, own_registry()) as crm:
        await back_up_when_due(crm, {})
        assert len(kept_in(place, "data")) == 2, "switched off"
    async with open_installation(off.model_copy(update={"backup_at": "02:30"}), own_registry()) as crm:
        for _ in range(2):
            await back_up_when_due(crm, {})
        first = kept_in(place, "data")[-1]
        assert [copy.path.name for copy in kept_in(place, "data")] == ["data-20200102T000000Z-0000", first.path.name]
        tomorrow = now() + timedelta(days=1)
        monkeypatch.setattr(schedule, "now", lambda: tomorrow)
        await back_up_when_due(crm, {})
        assert len(kept_in(place, "data")) == 2
        assert (place / "letters").exists()
        assert list(place.glob("*.part")) == []
        assert await prune(off) == []
