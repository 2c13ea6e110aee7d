"""Queues, who works in them, and the rules that bring mail and tickets into them."""
