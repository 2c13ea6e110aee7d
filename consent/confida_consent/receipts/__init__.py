"""Receipts: a person's own copy of what they agreed to, with the proof that it stands in the ledger."""
