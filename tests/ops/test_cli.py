"""The command line names its commands, and says what is wrong in lines: 78 for an edit, 75 for what may mend itself."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from clinic.settings import ROOT
from clinic.settings import environment as given
from ops.environment import for_python
from ops.fetch import fetch
from ops.folder import Folder
from ops.ports import asked
from tests.support.fleet import free_port
from tests.support.processes import SECRET
from tests.support.valkey import DURABLE, Valkey

# As if Ctrl-C came while the commands are imported.
INTERRUPTED = """
import sys
class Interrupting:
    def find_spec(name, path, target=None):
        if name == "ops.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting)
from ops.start import main
main()
"""
SETTINGS = ("REDIS_URL", "SMTP_URL", "FRONTDESK_SECRET", "CLINIC_FILE", "INTAKE_HOST", "INTAKE_PORT", "PUBLIC_URL")


async def start(folder: Path, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    """Start `frontdesk` in a folder, with these settings and no others."""
    inherited = {name: value for name, value in given().items() if name.removesuffix("_FILE") not in SETTINGS}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "ops", *arguments),
        cwd=folder,
        env=for_python(inherited | settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def run(folder: Path, *arguments: str, **settings: str) -> tuple[int | None, str, str]:
    """Run `frontdesk` to its end, and return its exit code, output and faults."""
    process = await start(folder, *arguments, **settings)
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def refused(folder: Path, *arguments: str, **settings: str) -> list[str]:
    """Run `frontdesk` on a configuration that it must refuse, and return the lines that say why."""
    code, out, err = await run(folder, *arguments, **settings)
    assert (code, out) == (os.EX_CONFIG, "")
    assert "Traceback" not in err
    return err.splitlines()


async def test_help_lists_every_command(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "--help")
    assert code == 0
    for command in ("demo", "up", "intake", "worker", "catcher", "preview", "hours"):
        assert f" {command} " in out


async def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, ops.cli; print(*{'celery', 'starlette', 'uvicorn', 'redis', 'jinja2'} & set(sys.modules))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=tmp_path, env=for_python(given()), stdout=asyncio.subprocess.PIPE
    )
    assert (await process.communicate())[0].strip() == b""


@pytest.mark.parametrize("command", ["intake", "worker"])
async def test_every_fault_of_the_settings_is_a_line_that_names_its_setting(tmp_path: Path, command: str) -> None:
    lines = await refused(tmp_path, command, FRONTDESK_SECRET="short", INTAKE_PORT="many")
    assert [line.split(":")[0] for line in lines] == ["REDIS_URL", "FRONTDESK_SECRET", "INTAKE_PORT"]


async def test_mails_that_lead_to_the_desk_need_one(tmp_path: Path) -> None:
    text = (ROOT / "clinic.toml").read_text(encoding="utf-8")
    (tmp_path / "clinic.toml").write_text(text.replace('detail = "full"', 'detail = "link"'), encoding="utf-8")
    settings = {"REDIS_URL": "unix:///no/such.sock", "FRONTDESK_SECRET": SECRET, "CLINIC_FILE": "clinic.toml"}
    (line,) = await refused(tmp_path, "intake", **settings)
    assert line == 'alerts.detail: "link" needs the desk: set DESK_USERS or DESK_USER_HEADER'


async def test_up_refuses_to_start_without_a_relay_and_tells_of_the_clinic_file_too(tmp_path: Path) -> None:
    lines = await refused(tmp_path, "up", "--data", "kept", CLINIC_FILE="absent.toml")
    assert [line.split(":")[0] for line in lines] == ["SMTP_URL", "CLINIC_FILE"]


@pytest.mark.parametrize("option", ["--port", "--inbox-port", "--smtp-port"])
async def test_a_port_that_was_asked_for_and_is_taken_is_named(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (line,) = await refused(tmp_path, "demo", "--once", option, str(port))
    assert line == f"{option}: port {port} is taken: stop what listens there, or choose another with {option}"


async def test_up_does_not_move_from_its_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        (line,) = await refused(tmp_path, "up", INTAKE_PORT=port, SMTP_URL="smtp://127.0.0.1:1")
    assert line.startswith(f"INTAKE_PORT: port {port} is taken")


@pytest.mark.parametrize("setting", ["INTAKE_HOST", "MONITOR_HOST"])
async def test_a_host_that_is_another_machine_s_is_named_and_not_the_port(tmp_path: Path, setting: str) -> None:
    given = {setting: "192.0.2.1", "SMTP_URL": "smtp://127.0.0.1:1", "INTAKE_PORT": "0", "MONITOR_PORT": "0"}
    (line,) = await refused(tmp_path, "up", **given)
    assert line.startswith(f"{setting}: 192.0.2.1 is no address of this machine: set one that is")


async def test_two_never_run_on_the_same_data(tmp_path: Path) -> None:
    with Folder(tmp_path / "kept").held():
        (line,) = await refused(tmp_path, "demo", "--once", "--data", "kept")
    assert line.startswith(f"--data: {tmp_path / 'kept'} is in use: stop the other one")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("up", "--data", "kept"), "--data: {folder}/kept can't be used: Is a directory"),
        (("preview", "--out", "file"), "--out: file can't be used: File exists: name another folder"),
        (("make-secrets", "file"), "file can't be used: File exists: name another folder"),
        (("make-secrets", "file/secrets"), "file/secrets can't be used: Not a directory: name another folder"),
        (("catcher", "--smtp-port", "0", "--inbox-port", "0", "--data", "file"), "--data: file can't be used: "),
    ],
    ids=["up", "preview", "secrets", "secrets below", "catcher"],
)
async def test_a_folder_that_can_t_be_written_is_a_line(tmp_path: Path, arguments: tuple[str, ...], names: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "kept" / "lock").mkdir(parents=True)
    (line,) = await refused(tmp_path, *arguments, SMTP_URL="smtp://127.0.0.1:1")
    assert line.startswith(names.format(folder=tmp_path))


async def test_the_catcher_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    smtp, web = asked("127.0.0.1", 0, "--smtp-port"), asked("127.0.0.1", 0, "--inbox-port")
    options = ("--smtp-port", str(smtp), "--inbox-port", str(web), "--data", "caught")
    process = await start(tmp_path, "catcher", *options)
    async with asyncio.timeout(30):
        while True:
            try:
                assert (await fetch(("127.0.0.1", web), "GET", "/api/messages")).json() == []
                break
            except ConnectionError:
                await asyncio.sleep(0.05)
    _, writer = await asyncio.open_connection("127.0.0.1", smtp)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        _, err = await process.communicate()
    writer.close()
    assert (process.returncode, err) == (0, b"")


async def test_ctrl_c_before_a_command_has_begun_is_no_fault(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", INTERRUPTED), cwd=tmp_path, env=for_python(given()), stderr=asyncio.subprocess.PIPE
    )
    assert (await process.communicate())[1] == b""
    assert process.returncode == 128 + signal.SIGINT


async def test_it_serves_though_its_streams_were_closed(tmp_path: Path) -> None:
    """A cron or an init script may: then files and sockets would take the numbers of the streams."""
    web = asked("127.0.0.1", 0, "--inbox-port")
    command = f'exec "$0" -P -m ops catcher --smtp-port 0 --inbox-port {web} --data caught <&- >&- 2>&-'
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", command, sys.executable), cwd=tmp_path, env=for_python(given()), start_new_session=True
    )
    try:
        async with asyncio.timeout(30):
            while process.returncode is None:
                try:
                    assert (await fetch(("127.0.0.1", web), "GET", "/api/messages")).json() == []
                    break
                except ConnectionError:
                    await asyncio.sleep(0.05)
        assert process.returncode is None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_catcher_names_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (line,) = await refused(tmp_path, "catcher", "--smtp-port", str(taken.getsockname()[1]))
    assert line.startswith("--smtp-port: port")


async def test_hours_are_shown_for_an_instant_on_the_clinics_clock(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "hours", "--at", "2026-07-06T07:30")
    assert code == 0
    assert "Monday 6 July 2026" in out
    assert out == (await run(tmp_path, "hours", "--at", "2026-07-06T06:30Z"))[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--at", "tomorrow"), "--at: 'tomorrow' is no instant: write it like 2026-12-24T19:30"),
        (("--site", "nowhere"), "--site: the clinic file has no site 'nowhere'"),
    ],
)
async def test_hours_say_what_they_can_not_show(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (line,) = await refused(tmp_path, "hours", *arguments)
    assert line.startswith(told)


async def test_preview_writes_every_mail_to_files(tmp_path: Path) -> None:
    code, out, _ = await run(tmp_path, "preview", "--out", "mails", CLINIC_FILE=str(ROOT / "clinic.toml"))
    assert code == 0
    assert "start with mails/index.html" in out
    assert (tmp_path / "mails" / "index.html").exists()


@pytest.mark.parametrize("command", ["intake", "worker", "up"])
async def test_a_server_that_is_unsafe_for_now_is_told_and_is_worth_another_try(tmp_path: Path, command: str) -> None:
    """It is mended where it is, and whoever starts us, which for 78 it would never again, need not know."""
    server = Valkey(tmp_path, [*DURABLE, "--appendfsync", "everysec"])
    server.start()
    settings = {"REDIS_URL": server.url, "FRONTDESK_SECRET": SECRET, "SMTP_URL": "smtp://127.0.0.1:9"}
    settings |= {"CLINIC_FILE": str(ROOT / "clinic.toml"), "INTAKE_PORT": str(free_port())}
    try:
        code, out, err = await run(tmp_path, command, **settings, MONITOR_PORT=str(free_port()))
    finally:
        server.remove()
    assert code == os.EX_TEMPFAIL
    assert out.count("worker-1  | ") == (1 if command == "up" else 0)
    [told] = [line for line in (err or out).splitlines() if "everysec" in line and not line.startswith("frontdesk")]
    assert told.endswith(
        "REDIS_URL: the server has appendfsync everysec, and would lose enquiries: "
        "set appendfsync always in its configuration"
    )
    assert "Traceback" not in out + err


@pytest.mark.parametrize("command", ["intake", "deliveries", "quarantine", "report", "export CFGH3467", "backup kept"])
async def test_a_store_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path, command: str) -> None:
    settings = {"REDIS_URL": "unix:///no/such.sock", "FRONTDESK_SECRET": SECRET}
    code, _, err = await run(tmp_path, *command.split(), **settings)
    assert code == os.EX_TEMPFAIL
    fault, cure = err.splitlines()
    assert fault.startswith("REDIS_URL: the server does not answer")
    assert cure.startswith(
        "see that it runs, with room on its disk, and that REDIS_URL leads to it (docs/operations.md"
    )
