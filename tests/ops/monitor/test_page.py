"""The page of the monitor: what is bad stands out, and so do the commands that help."""

import re
from dataclasses import replace

from ops.monitor.alarms import RULES, STORE_CURE, Raised, raised
from ops.monitor.page import page
from tests.ops.monitor.well import WELL


def test_when_all_is_well_nothing_is_marked() -> None:
    assert 'class="bad"' not in page(WELL, [])
    assert 'class="bad"' in page(replace(WELL, workers=()), [])


def test_commands_stand_out_on_the_page() -> None:
    shown = page(WELL, raised(replace(WELL, canary_ms=None)))
    assert "then look at <code>frontdesk deliveries waiting</code>." in shown


def test_every_cure_closes_what_it_marks_as_a_command() -> None:
    assert all(cure.count("`") % 2 == 0 for cure in (STORE_CURE, *(rule.cure for rule in RULES)))


def test_whatever_an_alarm_or_the_server_says_is_shown_and_is_no_html() -> None:
    hostile = "<script>alert('1')</script> & \"<b>\" {{ 7 * 7 }}"
    shown = page(
        replace(WELL, server=replace(WELL.server, version=hostile, faults=(hostile,))),
        [Raised(hostile, hostile, f"{hostile} `{hostile}`")],
    )
    # In its name, in what it tells, twice in its cure, as a version and as a fault.
    escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &#34;&lt;b&gt;&#34; {{ 7 * 7 }}"
    assert shown.count(escaped) == 6
    assert f"<code>{escaped}</code>" in shown
    assert not {"<script", "<b>", "49"} & set(re.findall(r"<script|<b>|49", shown))
