"""Where Piccolo looks for its engine; named in PICCOLO_CONF by `storage.migrations`."""

from piccolo.conf.apps import AppRegistry

from confida_core.storage.engine import DATA as DB

APP_REGISTRY = AppRegistry(apps=["confida_core.piccolo_app"])

__all__ = ["APP_REGISTRY", "DB"]
