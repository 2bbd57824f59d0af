"""Evidence: who supports and who contrasts a claim, and what your own runs say."""

from app.evidence import page

page()
