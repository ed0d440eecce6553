"""Breaks the hours on purpose, one small thing at a time, and shows which faults no test sees.

python -m tests.clinic.hours.mutants [SECONDS]      (as long as it takes by default; then what was tried by then)
"""

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from clinic.settings import ROOT

MODULES = ("schedule", "table", "target", "interval", "days", "promise", "week", "reasons", "bank_holidays")
TESTS = "tests/clinic/hours"
# A fault that makes a test run for ever is seen too.
SECONDS_AT_MOST = 180
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: in which module and line, what it does there, and the module with it."""

    module: str
    line: int
    what: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Return a module with one fault each: a comparison, a sum, a number, an `and`, a `not` turned round."""
    source = (ROOT / "clinic" / "hours" / f"{module}.py").read_text(encoding="utf-8")
    for number, node in enumerate(ast.walk(ast.parse(source))):
        tree = ast.parse(source)
        same = list(ast.walk(tree))[number]
        what = _broken(same)
        if what:
            yield Mutant(module, getattr(node, "lineno", 0), what, ast.unparse(tree))


def _broken(node: ast.AST) -> str:
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARED:
            node.ops[0] = COMPARED[type(op)]()
            return f"{type(op).__name__} becomes {type(node.ops[0]).__name__}"
        case ast.BinOp(op=op) if type(op) in COUNTED:
            node.op = COUNTED[type(op)]()
            return f"{type(op).__name__} becomes {type(node.op).__name__}"
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            node.value = value + 1
            return f"{value} becomes {value + 1}"
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return "and and or change places"
        case ast.UnaryOp(op=ast.Not()):
            node.op = ast.UAdd()
            node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
            return "not is left out"
    return ""


def survives(mutant: Mutant) -> bool:
    """Return whether every test passes with this fault."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        house = Path(folder)
        for name in ("clinic", "tests", "intake", "ops", "workers", "email_templates", "docs"):
            shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "clinic.toml"):
            shutil.copy(ROOT / name, house / name)
        (house / "clinic" / "hours" / f"{mutant.module}.py").write_text(mutant.source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", TESTS]
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ended = subprocess.run(
                command, cwd=house, env=environment, capture_output=True, timeout=SECONDS_AT_MOST, check=False
            )
        except subprocess.TimeoutExpired:
            return False
    return ended.returncode == 0


def main(seconds: float) -> int:
    """Try the faults in a random but repeatable order, and print those that no test saw."""
    every = [mutant for module in MODULES for mutant in mutants(module)]
    random.Random(1).shuffle(every)  # noqa: S311 - repeatable, not secret
    whole = (ROOT / "clinic" / "hours" / "table.py").read_text(encoding="utf-8")
    assert survives(Mutant("table", 0, "nothing", whole)), "the tests fail without any fault: mend them first"
    deadline = time.monotonic() + seconds
    tried, found = 0, []

    def attempt(mutant: Mutant) -> tuple[Mutant, bool | None]:
        return mutant, survives(mutant) if time.monotonic() < deadline else None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, alive in pool.map(attempt, every):
            tried += alive is not None
            if alive:
                found.append(mutant)
                print(f"survives: clinic/hours/{mutant.module}.py, line {mutant.line}: {mutant.what}", flush=True)  # noqa: T201 - a command's answer
    print(f"{tried} of {len(every)} faults tried, {tried - len(found)} seen by a test, {len(found)} not")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 24 * 3600))
