"""Tests of the staff pages of consent."""
