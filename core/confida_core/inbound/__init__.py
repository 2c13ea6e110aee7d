"""Webhooks in: other systems tell us what happened there, signed, each to the part that declares that it listens."""
