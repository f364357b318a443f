"""What the stack costs: measured calls, the template's own resources, and a table of prices."""
