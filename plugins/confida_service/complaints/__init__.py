"""Complaints: cause, remedy, refund, and what was learned."""
