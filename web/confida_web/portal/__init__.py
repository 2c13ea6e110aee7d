"""The public side at /my/: people look after their own consents, without an account and without JavaScript."""
