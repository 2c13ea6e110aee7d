"""Pipelines, stages and opportunities: what may be sold, how far it has come, and what comes next."""
