"""What machines ask."""
