"""The page of the monitor: what `frontdesk status` shows, for a browser that stays open."""

from collections.abc import Iterable, Sequence
from html import escape

from clinic.store.gauges import Reading
from ops.monitor.alarms import Raised
from ops.monitor.summary import Row, summary

STYLE = """
body{font:16px/1.5 sans-serif;margin:2rem;max-width:60rem;background:#fff;color:#14332f}
table{border-collapse:collapse;margin:0 0 2rem}caption{text-align:left;font-weight:bold;padding:.5rem 0}
th,td{text-align:left;padding:.3rem 1.5rem .3rem 0;border-bottom:1px solid #ccd}th{font-weight:normal}
.good{color:#14534c}.bad{color:#a01010;font-weight:bold}
@media (prefers-color-scheme:dark){body{background:#10201e;color:#e6f3f0}.good{color:#8fd3c5}.bad{color:#ffb0a8}}
"""
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><main><h1>{title}</h1>{alarms}{tables}</main></body></html>
"""


def page(reading: Reading | None, alarms: Sequence[Raised]) -> str:
    """Return the page as HTML; it loads itself again every five seconds, without a script."""
    title = "All is well" if not alarms else f"{len(alarms)} alarms" if len(alarms) > 1 else "1 alarm"
    told = [f'<p class="bad">{escape(alarm.name)}: {escape(alarm.told)}</p>' for alarm in alarms]
    tables = [_table(name, rows) for name, rows in summary(reading)] if reading else []
    return PAGE.format(title=title, style=STYLE, alarms="".join(told), tables="".join(tables))


def _table(name: str, rows: Iterable[Row]) -> str:
    cells = "".join(f"<tr><th scope=row>{escape(row.name)}</th><td>{escape(row.value)}</td></tr>" for row in rows)
    return f"<table><caption>{escape(name)}</caption>{cells}</table>"
