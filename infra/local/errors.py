class LocalStackError(Exception):
    """Something a person has to know about; its text is the whole message."""
