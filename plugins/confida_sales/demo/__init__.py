"""A small organisation that sells garden things and courses, for `confida demo`."""
