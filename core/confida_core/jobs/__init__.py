"""Work after commit: queued in the caller's own transaction, leased, retried, and never lost silently."""
