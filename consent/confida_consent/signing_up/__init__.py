"""Signing up through a page: what was typed waits, sealed, until a job has asked for confirmation (CF-2)."""
