"""At rest and from cold: how long one enquiry takes with nothing else going on, and how soon a process is of use."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from bench.stand import BODY, Stand
from tests.support.relay import ScriptedRelay

PAUSE_SECONDS = 0.05


class TimedSink:
    """A relay in a thread of its own, which notes when it took each mail (monotonic seconds)."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # As Postfix does.
        self._relay = ScriptedRelay(offers=("PIPELINING",))
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._relay.__aenter__())

    @property
    def port(self) -> int:
        """Return where it listens."""
        return self._relay.port

    def taken(self) -> list[float]:
        """Return when it took each mail so far."""
        return [mail.at for mail in list(self._relay.taken)]

    def close(self) -> None:
        """Stop."""
        self._run(self._relay.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: "asyncio.Future[object] | object") -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)  # type: ignore[arg-type]  # a coroutine


@contextmanager
def timed_sink() -> Iterator[TimedSink]:
    """Run one."""
    sink = TimedSink()
    try:
        yield sink
    finally:
        sink.close()


def at_rest(made: Stand, sink: TimedSink, enquiries: int) -> list[float]:
    """Return, for each of so many enquiries, the ms from its POST until the relay had both mails; sorted."""
    waits = []
    with _connection(made) as line:
        for number in range(enquiries + 10):
            before = len(sink.taken())
            began = time.monotonic()
            _post(line, number)
            while len(sink.taken()) < before + 2:
                assert time.monotonic() - began < 20, (made.folder / "worker.log").read_text()[-2000:]
                time.sleep(0.0002)
            if number >= 10:
                waits.append((max(sink.taken()) - began) * 1000)
            time.sleep(PAUSE_SECONDS)
    return sorted(waits)


def first_accepted(made: Stand) -> float:
    """Return the seconds from the start of the intake until it has accepted its first enquiry."""
    with _connection(made) as line:
        _post(line, 1)
    return time.monotonic() - made.began


def first_mail(made: Stand, sink: TimedSink) -> float:
    """Return the seconds from the start of a worker until the relay has the first of what waits."""
    with _connection(made) as line:
        _post(line, 2)
    began = time.monotonic()
    made.work()
    while not sink.taken():
        assert time.monotonic() - began < 60, (made.folder / "worker.log").read_text()[-2000:]
        time.sleep(0.001)
    return sink.taken()[0] - began


@contextmanager
def _connection(made: Stand) -> Iterator[socket.socket]:
    host, port = made.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield line


def _post(line: socket.socket, number: int) -> None:
    body = BODY.replace(b"sam.okafor@", b"sam.okafor%d@" % number)
    head = (
        b"POST /enquiries HTTP/1.1\r\nHost: clinic.test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    line.sendall(head % len(body) + body)
    answer = b""
    while not _whole(answer):
        answer += line.recv(65536)
    assert answer.startswith(b"HTTP/1.1 202"), answer


def _whole(answer: bytes) -> bool:
    """Return whether an answer has come with all of its body."""
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(found and length) and len(body) >= int(length[1] if length else 0)
