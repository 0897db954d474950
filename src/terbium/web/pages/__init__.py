"""HTML pages, one module per subject."""
