"""The printing press of the house: pages to PDF, in a process of its own that reaches nothing."""
