"""Starts the command line from a checkout: `python -m ops`."""

from ops.start import main

main()
