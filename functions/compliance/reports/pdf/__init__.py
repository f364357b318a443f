"""Reports as PDF. Only what makes one imports this package: its library is in a layer of its own, and slow to load."""
