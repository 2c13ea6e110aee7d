"""How service is doing, in figures and pictures."""
