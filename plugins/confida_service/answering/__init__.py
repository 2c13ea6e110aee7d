"""What makes answering easier: canned answers, checklists, time spent, who else is at it."""
