"""Reading matter made of a run: tables, figures and one self-contained document."""
