"""Segments: who is meant, in conditions that read as a sentence."""
