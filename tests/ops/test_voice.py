"""The voice says who speaks, and goes on when nobody listens."""

import io
import os

import pytest

from ops.voice import Voice


def test_names_are_aligned_and_coloured_only_on_a_terminal() -> None:
    plain, coloured = io.StringIO(), io.StringIO()
    for stream, colour in ((plain, False), (coloured, True)):
        voice = Voice(stream, ["valkey", "worker-1-of-2"], colour=colour)
        voice.say("hello\nagain", "valkey")
    assert plain.getvalue() == "valkey        | hello\nvalkey        | again\n"
    assert coloured.getvalue().startswith("\x1b[33mvalkey       \x1b[0m | hello")


def test_a_listener_that_leaves_does_not_stop_the_voice() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    Voice(stream, [], colour=False).say("hello")
    with pytest.raises(BrokenPipeError):
        stream.close()
