"""Invented people and organisations, to look around with: addresses at example.org, telephone numbers nobody can have."""
