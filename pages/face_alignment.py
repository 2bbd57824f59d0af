"""Faces that straighten themselves."""

from app.face_alignment import page

page()
