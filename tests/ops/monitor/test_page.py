"""The page of the monitor: what is bad stands out, and so do the commands that help."""

from dataclasses import replace

from ops.monitor.alarms import raised
from ops.monitor.page import page
from tests.ops.monitor.well import WELL


def test_when_all_is_well_nothing_is_marked() -> None:
    assert 'class="bad"' not in page(WELL, [])
    assert 'class="bad"' in page(replace(WELL, workers=()), [])


def test_commands_stand_out_on_the_page() -> None:
    shown = page(WELL, raised(replace(WELL, canary_ms=None)))
    assert "then look at <code>frontdesk deliveries waiting</code>." in shown
