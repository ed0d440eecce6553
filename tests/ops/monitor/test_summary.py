"""The numbers in a few tables: what somebody should look at is marked, and nothing else."""

from dataclasses import replace

from clinic.delivery import Kind
from ops.monitor.summary import ago, summary
from tests.ops.monitor.well import WELL


def test_what_somebody_should_look_at_is_marked() -> None:
    moving, deliveries, _, redis = summary(
        replace(
            WELL,
            workers=(),
            canary_ms=60_000,
            standing={(Kind.ALERT, "failed"): 2, (Kind.ALERT, "due"): 3},
            server=replace(WELL.server, aof_rewrites=False),
        )
    )
    bad = {row[0].text for table in (moving, redis) for row in table.rows if row[1].bad}
    assert bad == {"workers", "last canary", "append-only file"}
    [alert] = deliveries.rows
    assert [cell.text for cell in alert if cell.bad] == ["2"]


def test_when_all_is_well_nothing_is_marked() -> None:
    assert not any(cell.bad for table in summary(WELL) for row in table.rows for cell in row)


def test_spans_have_words() -> None:
    assert [ago(ms) for ms in (999, 90_000, 3 * 3_600_000, 3 * 86_400_000)] == ["0 s", "90 s", "3 h", "3 days"]
