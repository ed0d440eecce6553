"""Celery's own way to Redis is as safe as ours."""

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.settings import ROOT
from tests.support.certificates import certificate
from tests.support.processes import SECRET
from workers.app import broker_url, celery_app

PROGRAM = """
from clinic.settings import read_settings
from workers.app import celery_app
app = celery_app(read_settings().redis_url.get_secret_value())
print(app.connection_for_read().hostname, app.connection_for_write().hostname, app.conf.result_backend)
"""


@pytest.mark.parametrize("name", ["CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_RESULT_BACKEND"])
def test_the_queue_is_where_redis_url_says_whatever_another_celery_of_this_machine_was_told(name: str) -> None:
    given = {"PYTHONPATH": str(ROOT), "REDIS_URL": "redis://ours:6379/0", "FRONTDESK_SECRET": SECRET}
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **given, name: "redis://another:6379/0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert found.stdout.split() == ["ours", "ours", "None"], found.stderr


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Listen with a certificate that nobody vouches for; yield the port, and what was said there."""
    context, _ = certificate(tmp_path)
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return  # the test is over
                try:
                    with context.wrap_socket(line, server_side=True) as secure:
                        said.append(secure.recv(200))
                except (ssl.SSLError, OSError):
                    line.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield listener.getsockname()[1], said
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_celery_says_nothing_to_a_server_that_nobody_vouches_for(impostor: tuple[int, list[bytes]]) -> None:
    port, said = impostor
    app = celery_app(f"rediss://worker:hunter2@127.0.0.1:{port}/0")
    with pytest.raises(app.connection_for_read().connection_errors), app.connection_for_read() as connection:
        connection.connect()
    assert said == []


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock"),
        ("rediss://h/0", "rediss://h/0?ssl_cert_reqs=required"),
        ("rediss://h/0?ssl_ca_certs=/ca.pem", "rediss://h/0?ssl_ca_certs=/ca.pem&ssl_cert_reqs=required"),
        ("rediss://h/0?ssl_cert_reqs=required", "rediss://h/0?ssl_cert_reqs=required"),
        ("rediss://:ssl_cert_reqs=@h/0", "rediss://:ssl_cert_reqs=@h/0?ssl_cert_reqs=required"),
    ],
)
def test_the_address_is_spelled_as_kombu_reads_it(given: str, spelled: str) -> None:
    assert broker_url(given) == spelled
