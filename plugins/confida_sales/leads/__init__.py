"""Leads: somebody who may buy, until they are a contact with an opportunity, or are not."""
