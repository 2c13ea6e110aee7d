"""Migrations of consent's tables."""
