"""What the settings of plugins declare."""

from __future__ import annotations

from confida_core.contacts.content import Sealed
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.plugin_settings.tables import PluginSetting

Plain = str | int | float | bool | list[str]


class PluginValues(Sealed, frozen=True):
    """values: by name of the field, only those that differ from the default."""

    values: dict[str, Plain] = {}


PLUGIN_SETTING = RecordDeclaration(
    table=PluginSetting,
    content=PluginValues,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Settings of plugins",
    clear={"plugin": "Key of a plugin."},
    answer=InAnswer(left_out={"*": "Settings of this installation; it names no contact."}),
)

RECORDS = (PLUGIN_SETTING,)
