"""Who works here, and what happened."""
