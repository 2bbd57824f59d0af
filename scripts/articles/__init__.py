"""The project's own articles: from sentences to JATS, LaTeX, Markdown, PDF and what they say."""
