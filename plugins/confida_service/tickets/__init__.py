"""Tickets: what somebody asked, who answers it, and everything that was said."""
