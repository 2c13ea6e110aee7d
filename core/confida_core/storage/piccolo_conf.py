"""Where Piccolo looks for its engine; named in PICCOLO_CONF by `storage.migrations`."""

from confida_core.storage.engine import DATA as DB

__all__ = ["DB"]
