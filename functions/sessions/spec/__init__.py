"""Reading requirements out of documents by rules: what is said, how binding it is, and which quantities it names."""
