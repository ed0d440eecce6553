"""The commands of the command line: a file for each thing that they are about; `ops/cli.py` names them all."""
