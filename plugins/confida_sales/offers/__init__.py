"""Quotes and orders: what was offered, accepted and ordered."""
