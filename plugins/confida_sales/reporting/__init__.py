"""Figures and pictures of sales."""
