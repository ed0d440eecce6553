"""The page of the monitor: what `frontdesk status` shows, for a browser that stays open."""

import re
from collections.abc import Sequence
from html import escape

from clinic.clock import instant
from clinic.store.reading import Reading
from ops.monitor.alarms import Raised
from ops.monitor.summary import Cell, Table, summary

STYLE = """
:root{color-scheme:light dark;--page:#f4f7f6;--card:#fff;--ink:#14332f;--faint:#56706c;--line:#dbe5e3;--good:#14534c;
--bad:#a01010;--on-bad:#fff;--pale:#fdeceb}
@media (prefers-color-scheme:dark){:root{--page:#0c1817;--card:#142523;--ink:#e6f3f0;--faint:#9bb5b0;--line:#27403c;
--good:#8fd3c5;--bad:#ffb0a8;--on-bad:#2b0a08;--pale:#3a1815}}
*{box-sizing:border-box}body{font:16px/1.45 system-ui,sans-serif;margin:0;background:var(--page);color:var(--ink)}
main{max-width:72rem;margin:0 auto;padding:1.5rem}
header{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:0 1rem;color:var(--faint)}
h1{font-size:1.9rem;margin:.2rem 0 1rem;color:var(--good)}h1.bad{color:var(--bad)}p{margin:0}
.alarm{background:var(--pale);border-left:.4rem solid var(--bad);border-radius:.4rem;padding:.8rem 1rem}
.alarm{margin:0 0 .8rem}.alarm h2{font-size:1.1rem;margin:0;color:var(--bad)}.cure{color:var(--faint)}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem;margin-top:1rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;overflow-x:auto}
section h2{font-size:1rem;margin:0 0 .4rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.32rem 0 .32rem .6rem;border-top:1px solid var(--line);text-align:right;font-weight:normal}
th[scope=row]{text-align:left;padding-left:0;color:var(--faint)}
thead th{border-top:0;color:var(--faint);font-size:.85rem}
td.bad{color:var(--bad);font-weight:bold}td.none{color:var(--faint)}
"""
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} · frontdesk</title>
<meta http-equiv="refresh" content="5"><meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head>
<body><main><header><p>frontdesk</p><p>{read}</p></header><h1{tone}>{title}</h1>{alarms}
<div class="tables">{tables}</div></main></body></html>
"""


def page(reading: Reading | None, alarms: Sequence[Raised]) -> str:
    """Return the page as HTML; it loads itself again every five seconds, without a script."""
    title = "All is well" if not alarms else f"{len(alarms)} alarms" if len(alarms) > 1 else "1 alarm"
    read = f"{instant(reading.at_ms):%A %d %B, %H:%M:%S} UTC" if reading else "Redis does not answer"
    return PAGE.format(
        title=title,
        style=STYLE,
        read=f"{read} · every 5 s",
        tone=' class="bad"' if alarms else "",
        alarms="".join(map(_alarm, alarms)),
        tables="".join(map(_table, summary(reading))) if reading else "",
    )


def _alarm(alarm: Raised) -> str:
    told = escape(alarm.told[:1].upper() + alarm.told[1:])
    cure = re.sub("`([^`]+)`", r"<code>\1</code>", escape(alarm.cure))
    return (
        f'<div class="alarm" role="alert"><h2>{escape(alarm.name)}</h2><p>{told}.</p><p class="cure">{cure}</p></div>'
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(first.text)}</th>{"".join(map(_cell, rest))}</tr>' for first, *rest in table.rows
    )
    thead = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f"<section><h2>{escape(table.title)}</h2><table>{thead}<tbody>{rows}</tbody></table></section>"


def _cell(cell: Cell) -> str:
    tone = ' class="bad"' if cell.bad else ' class="none"' if cell.text == "0" else ""
    return f"<td{tone}>{escape(cell.text)}</td>"
