"""What an operator can choose of consent."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from confida_core.declarations import SettingsModel
from confida_core.installation import Installation
from confida_core.plugin_settings.reading import plugin_settings


class ConsentSettings(Struct, frozen=True):
    """expiring_days: from how many days before its end a consent counts as ending soon."""

    expiring_days: Annotated[
        int,
        Meta(
            ge=1,
            le=3_660,
            title="A consent ends soon",
            description="So many days before its end it stands among those to ask for again.",
        ),
    ] = 60


SETTINGS = SettingsModel(model=ConsentSettings)


async def soon_days(crm: Installation) -> int:
    """From how many days before its end a consent is shown as ending soon."""
    return (await plugin_settings(crm, ConsentSettings)).expiring_days
