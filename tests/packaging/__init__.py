"""What people install, tried in an environment of its own."""
