"""Strange inputs: attacks, likelihood histograms, and what they can and cannot detect."""

from app.adversarial import page

page()
