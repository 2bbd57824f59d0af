"""Open indexes of the literature: who cites a work, and the full texts that are open."""
