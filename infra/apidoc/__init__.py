"""The OpenAPI document of the whole bundle, made from what the functions serve."""
