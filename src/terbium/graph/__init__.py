"""The supply graph: nodes, materials, recipes and links, built from the dataset and balanced."""
