"""How the world table and what it says of exposures are made."""
