"""Journeys: what follows on what for one person, from a trigger to a goal."""
