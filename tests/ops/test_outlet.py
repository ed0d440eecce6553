"""The outlet holds up nobody who writes: what nobody reads is left out in the end, and how much is said."""

import os
import re
import time

from ops.outlet import MOST, Outlet


def test_what_is_written_comes_out_in_its_order_and_before_the_end() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as stream, Outlet(stream) as outlet:
        for number in range(500):
            outlet.write(f"Grüße {number}\n")
        outlet.flush()
    with os.fdopen(reading, encoding="utf-8") as read:
        assert read.read().splitlines() == [f"Grüße {number}" for number in range(500)]


def test_where_nobody_reads_nobody_waits_and_what_is_left_out_is_counted() -> None:
    reading, writing = os.pipe()
    line = "x" * 999 + "\n"
    with (
        os.fdopen(writing, "w", encoding="utf-8") as stream,
        os.fdopen(reading, encoding="utf-8") as read,
        Outlet(stream) as outlet,
    ):
        began = time.monotonic()
        for _ in range(4 * MOST // len(line)):
            outlet.write(line)
        assert time.monotonic() - began < 5
        came, told = 0, None
        while told is None:
            said = read.readline()
            came += said == line
            told = re.fullmatch(r"\((\d+) lines were left out, for nobody read them\)\n", said)
        assert came + int(told[1]) == 4 * MOST // len(line)
        outlet.write("heard again\n")
        assert read.readline() == "heard again\n"


def test_it_ends_though_nobody_reads() -> None:
    reading, writing = os.pipe()
    began = time.monotonic()
    with os.fdopen(writing, "w") as stream:
        with Outlet(stream) as outlet:
            outlet.write("x" * MOST)
        assert time.monotonic() - began < 5
        os.close(reading)


def test_a_listener_that_leaves_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream, Outlet(stream) as outlet:
        outlet.write("hello\n")
