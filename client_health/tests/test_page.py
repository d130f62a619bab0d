"""Placeholder until the tests of the page's data are written."""
