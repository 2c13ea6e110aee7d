"""What happens to records, told after the commit to whoever declares that it wants to know."""
