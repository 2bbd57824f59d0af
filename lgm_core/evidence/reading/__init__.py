"""Readers, one for each format that a paper may come in."""
