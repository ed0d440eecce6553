"""Flower shows Celery's workers to whoever has the password, changes nothing, and knows no person."""

import json
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from ops.cli import app
from tests.support.fleet import free_port
from tests.support.patients import body
from tests.support.processes import SECRET, Process, intake, post, worker
from tests.support.valkey import Valkey


def test_it_is_read_only_behind_a_password_and_shows_references_only(valkey: Valkey, tmp_path: Path) -> None:
    port = free_port()
    common = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "SMTP_URL": "smtp://127.0.0.1:9"}
    at_work = worker(tmp_path, {**common, "CELERY_EVENTS": "true"})
    taking, url = intake(tmp_path, common)
    looking = Process(
        tmp_path, "flower", "flower", environment={**common, "FLOWER_LOGIN": "ops:a-password", "FLOWER_PORT": str(port)}
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            deadline = time.monotonic() + 40
            while not answers(client):
                assert time.monotonic() < deadline, looking.output
                time.sleep(0.2)
            for path in ("/", "/workers", "/api/workers", "/api/tasks"):
                assert client.get(path).status_code == 401
            # The probe of docker-compose.yml has no name to give, and learns nothing.
            assert client.get("/healthcheck").text == "OK"
            open_to_all = client.get("/metrics").text
            client.auth = ("ops", "a-password")
            workers = client.get("/api/workers?refresh=1").json()
            assert len(workers) == 1
            name = next(iter(workers))
            assert client.post(f"/api/worker/shutdown/{name}").status_code in (403, 404, 405)
            reference = json.loads(post(f"{url}/enquiries", body(7)))["reference"].replace(" ", "")
            while "workers.deliver" not in (shown := client.get("/api/tasks").text):
                assert time.monotonic() < deadline, shown
                time.sleep(0.2)
            open_to_all += httpx.get(f"http://127.0.0.1:{port}/metrics").text
            assert "Patient" not in shown + open_to_all
            assert reference not in open_to_all
            assert "example.org" not in shown
        assert "a-password" not in Path(f"/proc/{looking.pid}/cmdline").read_text()
        # A stranger's program, which has no use for them.
        environment = Path(f"/proc/{looking.pid}/environ").read_text()
        assert "CELERY_BROKER_URL=" in environment
        assert SECRET not in environment
        assert "SMTP_URL" not in environment
        assert at_work.pid
    finally:
        for process in (looking, taking, at_work):
            process.stop()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code == 401
    except httpx.TransportError:
        return False


def test_without_a_password_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9")
    monkeypatch.setenv("FRONTDESK_SECRET", SECRET)
    assert "FLOWER_LOGIN: is not set" in str(CliRunner().invoke(app, ["flower"]).exception)
