"""Service on the public side: customers ask, follow what became of it, and help themselves."""
