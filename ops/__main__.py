"""Starts the command line from a checkout: `python -m ops`."""

from ops.cli import main

main()
