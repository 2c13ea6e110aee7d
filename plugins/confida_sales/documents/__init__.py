"""Papers as PDF and as electronic invoices, and the mail that takes them to the customer."""
