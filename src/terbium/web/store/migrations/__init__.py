"""Steps that bring a store of an earlier version up to date; run whenever a store is opened."""
