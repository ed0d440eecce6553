"""A section: a titled table of one run, and the names of what stands in it."""

import argparse
from collections.abc import Callable, Sequence

from rich.console import Console

from bench.stand import Kind

KINDS: tuple[Kind, ...] = ("ours", "peer", "plus")
NAMES = {"ours": "this service", "peer": "peer", "plus": "peer-plus", "constant": "constant 202"}
Row = Sequence[str]
Section = tuple[str, Row, Sequence[Row]]
Part = Callable[[argparse.Namespace], Section]
console = Console(highlight=False, width=120)
