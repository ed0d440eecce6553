"""The supervisor starts parts in order, keeps them running, and leaves no process behind."""

import asyncio
import errno
import io
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.child import Child
from ops.part import Backoff, Part, Probe, Spoken
from ops.supervisor import PartFailed, Supervisor
from ops.voice import Voice

QUICK = Backoff(first=0.05, longest=0.2)


def said(text: str) -> Probe:
    async def ready(process: Spoken) -> bool:
        return text in process.lines

    return ready


def part(name: str, code: str, *, ready: str = "ready", within: float = 10.0, grace: float = 5.0) -> Part:
    command = (sys.executable, "-u", "-c", code)
    return Part(name, command, said(ready), f"See to {name}.", dict(os.environ), ready_within=within, grace=grace)


STAYS = "import time; print('ready'); time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready'); time.sleep(600)"


def supervisor(*parts: Part) -> tuple[Supervisor, io.StringIO]:
    stream = io.StringIO()
    return Supervisor(parts, Voice(stream, [part.name for part in parts], colour=False), QUICK), stream


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def at_once() -> int:
    return 0


async def test_each_part_starts_when_the_one_before_is_ready_and_they_stop_in_reverse() -> None:
    def slow(name: str) -> Part:
        code = (
            "import signal, sys, time\n"
            "signal.signal(15, lambda *_: (print('stopped'), sys.exit()))\n"
            "print('started'); time.sleep(0.3); print('ready'); time.sleep(600)"
        )
        return part(name, code)

    crew, stream = supervisor(slow("one"), slow("two"))
    assert await crew.run(at_once) == 0
    ours = [line for line in stream.getvalue().splitlines() if not line.startswith("frontdesk")]
    assert [tuple(word.strip() for word in line.split("|")) for line in ours] == [
        ("one", "started"),
        ("one", "ready"),
        ("two", "started"),
        ("two", "ready"),
        ("two", "stopped"),
        ("one", "stopped"),
    ]


async def test_it_exits_with_what_the_purpose_returns() -> None:
    async def seven() -> int:
        return 7

    crew, _ = supervisor(part("one", STAYS))
    assert await crew.run(seven) == 7


async def test_a_part_that_dies_is_started_again_with_growing_waits(tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    code = f"open({str(lives)!r}, 'a').write('.'); print('ready'); import time; time.sleep(0.1); raise SystemExit(3)"
    crew, stream = supervisor(part("mortal", code))

    async def four_lives() -> int:
        await until(lambda: lives.stat().st_size >= 4)
        return 0

    assert await crew.run(four_lives) == 0
    assert "mortal ended with code 3 and is started again in 0.05 s" in stream.getvalue()
    assert "mortal ended with code 3 and is started again in 0.2 s" in stream.getvalue()


async def test_under_nohup_it_outlives_its_terminal() -> None:
    crew, stream = supervisor(part("one", STAYS))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def hung_up() -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.2)
        return 7

    try:
        assert await crew.run(hung_up) == 7
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert "stopping" not in stream.getvalue()


async def test_a_machine_that_can_start_nothing_for_a_moment_loses_no_part_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was killed for want of memory may find none for its start either."""
    lives = tmp_path / "lives"
    code = f"open({str(lives)!r}, 'a').write('.'); print('ready'); import time; time.sleep(0.1)"
    crew, stream = supervisor(part("mortal", code))
    start = Child.start
    failed: list[int] = []

    async def short_of_memory(part: Part, voice: Voice) -> Child:
        if lives.exists() and len(failed) < 2:
            failed.append(1)
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return await start(part, voice)

    async def three_lives() -> int:
        await until(lambda: lives.stat().st_size >= 3)
        return 0

    monkeypatch.setattr(Child, "start", short_of_memory)
    assert await crew.run(three_lives) == 0
    assert len(failed) == 2
    assert "mortal can't be started: Cannot allocate memory: it is tried again in 0.1 s" in stream.getvalue()


async def test_a_killed_part_is_named_with_its_signal_and_started_again() -> None:
    crew, stream = supervisor(part("one", "import os, time; print(os.getpid()); print('ready'); time.sleep(600)"))

    def pids() -> list[int]:
        words = [line.split("|")[1].strip() for line in stream.getvalue().splitlines()]
        return [int(word) for word in words if word.isdigit()]

    async def kill_once() -> int:
        os.kill(pids()[0], signal.SIGKILL)
        await until(lambda: len(pids()) == 2)
        return 0

    await crew.run(kill_once)
    assert "one ended with SIGKILL" in stream.getvalue()
    assert not any(running(pid) for pid in pids())


async def test_an_impossible_configuration_stops_everything_and_is_not_tried_again(tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    code = f"open({str(lives)!r}, 'a').write('.'); print('ready'); import time; time.sleep(0.3); raise SystemExit(78)"
    crew, _ = supervisor(part("one", STAYS), part("two", code))
    async with asyncio.timeout(30):
        assert await crew.run(asyncio.Event().wait) == 78
    assert lives.read_text() == "."


async def test_a_configuration_that_is_broken_while_all_runs_stops_nothing_and_is_tried_again_when_it_may_be_mended(
    tmp_path: Path,
) -> None:
    """Whoever edits the clinic file sees nothing of us, and saves it half done."""
    lives, broken = tmp_path / "lives", tmp_path / "broken"
    code = (
        f"open({str(lives)!r}, 'a').write('.'); print('ready')\n"
        "import os, time\n"
        f"while not os.path.exists({str(broken)!r}): time.sleep(0.02)\n"
        "print('clinic.toml: line 9'); raise SystemExit(78)"
    )
    crew, stream = supervisor(part("one", "import os; print('pid', os.getpid());" + STAYS), part("two", code))

    async def ready() -> None:
        return

    running_on = asyncio.create_task(crew.run(ready))
    await until(lambda: "two is ready" in stream.getvalue())
    broken.touch()
    await until(lambda: lives.read_text() == "...")
    assert "two can't run with this configuration: correct what it names above" in stream.getvalue()
    assert "two is tried again in 0.2 s, and all others go on" in stream.getvalue()
    assert stream.getvalue().count(" pid ") == 1
    broken.unlink()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await running_on == 0


async def test_a_part_that_ends_before_it_is_ready_fails_the_start_and_shows_its_last_lines() -> None:
    crew, _ = supervisor(part("one", STAYS), part("two", "print('no disk'); raise SystemExit(78)"))
    with pytest.raises(PartFailed) as caught:
        await crew.run(at_once)
    assert caught.value.code == 78
    assert str(caught.value) == "two ended with code 78. Its last lines:\n  no disk\nSee to two."


async def test_a_part_that_is_never_ready_fails_the_start_after_its_time() -> None:
    crew, _ = supervisor(part("one", STAYS, ready="never", within=0.5))
    with pytest.raises(PartFailed, match=r"one was not ready within 0.5 s.*\n  ready\nSee to one\."):
        await crew.run(at_once)


async def test_a_program_that_does_not_exist_fails_in_plain_words() -> None:
    absent = Part("one", ("/no/such/program",), said("ready"), "Install it.", {}, ready_within=10)
    crew, _ = supervisor(absent)
    with pytest.raises(PartFailed, match="/no/such/program can't be started: No such file"):
        await crew.run(at_once)


async def test_a_deaf_part_and_what_it_started_are_killed_after_the_grace(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(15, signal.SIG_IGN)\n"
        f"inner = subprocess.Popen([sys.executable, '-c', {DEAF!r}])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{inner.pid}}')\n"
        "print('ready'); time.sleep(600)"
    )
    crew, stream = supervisor(part("deaf", code, grace=0.3))
    await crew.run(at_once)
    assert "deaf did not stop within 0.3 s and is killed" in stream.getvalue()
    for pid in map(int, pids.read_text().split()):
        await until(lambda pid=pid: not running(pid))  # type: ignore[misc]


async def test_a_part_that_dies_leaves_nothing_of_its_group_though_its_pipe_is_held(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys\n"
        f"inner = subprocess.Popen([sys.executable, '-c', {DEAF!r}])\n"
        f"open({str(pid_file)!r}, 'w').write(str(inner.pid))\n"
        "print('gone'); raise SystemExit(1)"
    )
    crew, _ = supervisor(part("one", code, ready="never"))
    with pytest.raises(PartFailed, match="ended with code 1"):
        await crew.run(at_once)
    await until(lambda: not running(int(pid_file.read_text())))


async def test_lines_of_any_length_and_any_bytes_come_out_under_their_name() -> None:
    code = (
        "import sys\n"
        "out = sys.stdout.buffer\n"
        "out.write(b'x' * 300_000 + b'\\n' + 'Grüße '.encode() + b'\\xff\\xfe\\r\\nready\\nno end'); out.flush()\n"
        "import time; time.sleep(600)"
    )
    crew, stream = supervisor(part("one", code))
    await crew.run(at_once)
    lines = stream.getvalue().splitlines()
    assert f"one       | {'x' * 300_000}" in lines
    assert "one       | Grüße \ufffd\ufffd" in lines
    assert "one       | no end" in lines


SUPERVISED = """
import asyncio, io, os, sys
from tests.ops.test_supervisor import DEAF, STAYS, part
from ops.supervisor import Supervisor
from ops.voice import Voice
telling = "import os; print('pid', os.getpid());"
parts = [part("one", telling + STAYS), part("two", telling + DEAF, grace=60)]
async def stay():
    print("all ready", flush=True)
sys.exit(asyncio.run(Supervisor(parts, Voice(sys.stdout, ["one", "two"], colour=False)).run(stay)))
"""


class Outside:
    """A supervisor in a process of its own, to be signalled."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.pids: list[int] = []

    async def ready(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if b" pid " in line:
                self.pids.append(int(line.split()[-1]))
            if b"all ready" in line:
                return


@pytest.fixture
async def outside() -> Outside:
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUPERVISED, cwd=root, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    made = Outside(process)
    await made.ready()
    assert len(made.pids) == 2
    return made


async def test_a_second_signal_kills_at_once_and_the_code_is_zero(outside: Outside) -> None:
    outside.process.send_signal(signal.SIGINT)
    await asyncio.sleep(0.5)
    assert running(outside.pids[1])
    began = time.monotonic()
    outside.process.send_signal(signal.SIGINT)
    await outside.process.communicate()
    assert outside.process.returncode == 0
    assert time.monotonic() - began < 5
    assert not any(running(pid) for pid in outside.pids)


@pytest.mark.skipif(
    sys.platform != "linux", reason="ops/tether.py is Linux's prctl, and elsewhere does nothing, as it says"
)
async def test_nothing_outlives_a_supervisor_that_is_killed(outside: Outside) -> None:
    outside.process.kill()
    await outside.process.communicate()
    await until(lambda: not any(running(pid) for pid in outside.pids))
