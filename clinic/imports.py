"""Imports: what a library brings with it and this service never uses is left out, for a start is mostly imports."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from typing import cast


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """Have optional modules be as if not installed, for libraries that are imported meanwhile and can do without."""
    left_out = [name for name in modules if name not in sys.modules]
    # Documented: an import that finds None raises ModuleNotFoundError.
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]  # typeshed knows no None there
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]


@contextmanager
def unopened(package: str) -> Iterator[None]:
    """Have modules of a package be imported meanwhile without what its own file, its `__init__`, would import."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = module_from_spec(cast(ModuleSpec, find_spec(package)))
    try:
        yield
    finally:
        # Who imports the package afterwards gets all of it, save the imported modules as attributes of it.
        del sys.modules[package]
