"""Figures as sections of lines with numbers: pages draw them, and files hold the same ones."""
