"""Backups that may be kept for years, and keys of which only the newest copy may ever exist."""
