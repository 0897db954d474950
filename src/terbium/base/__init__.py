"""The ground floor: errors, units, calendar, labels, the gazetteer, tolerances and safe files."""
