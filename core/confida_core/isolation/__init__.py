"""What plugins do while a page is made or a job runs, kept apart so that their faults stay theirs."""
