"""Every section of evidence, and how it is collected. A module holds the collectors of one service as `COLLECTORS`."""
