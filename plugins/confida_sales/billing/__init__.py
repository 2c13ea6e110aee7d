"""Invoices, credit notes, payments, reminders, statements and what is billed again and again."""
