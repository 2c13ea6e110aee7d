"""Files on their way out."""
