"""What is known and who said it: sources, claims, estimates, the dataset and its audit."""
