"""The rules by which the stack decides and seals, to check with what it decided and sealed.

`routing` and `sealing` are links to the stack's own packages, not copies; a wheel holds the files. They import one
another relatively, so they work under either name.
"""
