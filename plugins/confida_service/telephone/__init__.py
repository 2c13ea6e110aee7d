"""Calls: who is calling, on the screen before anybody picks up."""
