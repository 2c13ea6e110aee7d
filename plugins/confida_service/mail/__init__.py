"""Mail that comes in: read whatever it is, told apart, put in its place, and never lost."""
