"""A run as one HTML file that needs nothing else: who did what when, a column for every program, checks and faults above.

No script is needed to read it; the few lines there are filter rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .report import Event, Outcome, Report, events_of

__all__ = ["page"]

_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:2em;color:#1d2430;background:#fff}
h1{font-size:1.4em;margin:0 0 .2em}pre{background:#f4f6f8;padding:1em;overflow-x:auto}
table{border-collapse:collapse;font:12px/1.4 ui-monospace,monospace}th{position:sticky;top:0;background:#fff;text-align:left}
th,td{padding:.15em .7em;border-bottom:1px solid #e6e9ee;vertical-align:top;white-space:nowrap}td:first-child{color:#66707f}
.write{background:#eaf3ff}.sees{color:#66707f}.bad{background:#fdecea;color:#9b1c12}.fault{background:#fff5d9}
.step td{background:#1d2430;color:#fff}.violated td{background:#c62828;color:#fff;white-space:normal}
input{font:inherit;padding:.3em .6em;margin:1em 0;width:24em}
@media(prefers-color-scheme:dark){body,th{background:#14181f;color:#dfe4ec}pre{background:#1d2430}
.write{background:#16304f}.bad{background:#4d1a16;color:#ffb4ab}.fault{background:#4a3b0c}th,td{border-color:#2a3240}}
"""
_SCRIPT = """
const box=document.querySelector('input');box.hidden=false;
box.oninput=()=>{const want=box.value.toLowerCase();
for(const row of document.querySelectorAll('tbody tr'))row.hidden=!row.textContent.toLowerCase().includes(want)};
"""
_READS = ("get", "list", "watch")
_LIFE = ("start", "ended")
_OWN = ("timeline", "checks")


def page(outcome: Outcome) -> str:
    """The page of the run that an outcome's report is about."""
    assert outcome.shown is not None
    events = list(events_of(outcome.shown.trace))
    lanes = list(dict.fromkeys(event.actor for event in events if event.actor not in _OWN))
    name = escape(outcome.scenario.name)
    head = "".join(f"<th>{escape(lane)}</th>" for lane in lanes)
    rows = "\n".join(_row(event, lanes) for event in events)
    report = escape("\n".join(Report(outcome, timeline=False).lines()))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}, seed {outcome.shown.seed}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{name}, seed {outcome.shown.seed}</h1>"
        f"<p>{escape(outcome.scenario.description)}</p><pre>{report}</pre>"
        f'<input hidden placeholder="only lines with …" aria-label="only lines with">'
        f"<table><thead><tr><th>seconds</th>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"
        f"<script>{_SCRIPT}</script></body></html>\n"
    )


def _row(event: Event, lanes: list[str]) -> str:
    time = f"<td>{event.time[:-3]}</td>"
    if event.actor in _OWN:
        kind = "violated" if event.verb == "violated" else "step"
        text = " ".join(part for part in (event.verb, event.object, event.outcome) if part)
        return f'<tr class="{kind}">{time}<td colspan="{max(len(lanes), 1)}">{escape(text)}</td></tr>'
    cells = "".join(
        f'<td class="{_class(event)}">{escape(" ".join(_words(event)))}</td>' if lane == event.actor else "<td></td>"
        for lane in lanes
    )
    return f"<tr>{time}{cells}</tr>"


def _words(event: Event) -> Iterator[str]:
    return (part for part in (event.verb, event.object, event.at, event.outcome) if part)


def _class(event: Event) -> str:
    if event.actor == "faults":
        return "fault"
    if event.bad:
        return "bad"
    if event.verb.startswith("sees-") or event.verb in _READS:
        return "sees"
    return "" if event.verb in _LIFE else "write"
