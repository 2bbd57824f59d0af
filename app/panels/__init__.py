"""Drawing surfaces; one folder each."""
