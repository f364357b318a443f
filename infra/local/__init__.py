"""Run the whole stack on this machine: `python -m local up | run | down | status`.

The driver starts an AWS emulator out of the project's own environment, builds and deploys `template.yaml` as it
stands, makes a first tenant, and leaves what a client needs in `.local/target.json`.
"""
