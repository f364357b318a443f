"""Skills as data: what Pentarch brings, and what a tenant adds."""
