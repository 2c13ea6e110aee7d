"""The life of a plugin: enabled, upgraded, disabled but still answerable for its data, purged."""
