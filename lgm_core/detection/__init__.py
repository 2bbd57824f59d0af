"""Telling strange inputs from normal ones: scores, curves, and the study of one model."""
