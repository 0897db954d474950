"""Who may ask, how often and how much; what a page may load."""
