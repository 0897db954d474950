"""What a run leaves behind: labelled results, the run folder, its summary and its tables."""
