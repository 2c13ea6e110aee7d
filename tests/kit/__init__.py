"""Tests of the test kit that plugins get."""
