"""Documents: what is said in them, by whom, and where it stands."""
