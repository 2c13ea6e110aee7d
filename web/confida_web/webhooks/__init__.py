"""Pages about webhooks, and the address at which those of others come in."""
