"""Requests of data subjects (GDPR 15 and 17): what is known of a person, and forgetting them."""
