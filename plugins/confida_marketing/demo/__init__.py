"""Invented marketing, for `confida demo`."""
