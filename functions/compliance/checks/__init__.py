"""Every check there is. A module of this package holds the checks of one subject as `CHECKS`."""
