"""The first section: which alarms are or were open, what each means, since when, what to do next. Consequences stand under their cause."""

from collections.abc import Sequence
from html import escape
from json import dumps

from monitoring.render.advice import next_step
from monitoring.render.anchors import anchor
from monitoring.render.answers import wrong_now
from monitoring.render.consequences import Traced, in_order, most_urgent
from monitoring.render.figures import clock, span
from monitoring.render.heading import heading
from monitoring.render.icons import ICONS
from monitoring.render.markdown import inline
from monitoring.render.told import Told
from monitoring.render.view import View, clause
from monitoring.runbooks import runbook_of


def now(view: View) -> str:
    traced = in_order(view)
    touched = {each.spell.alarm.name for each in traced}
    quiet = [alarm for alarm in view.alarms if alarm.name not in touched]
    listed = "".join(f"<li>{escape(alarm.severity)}: {escape(clause(alarm))}</li>" for alarm in quiet)
    rest = (
        f'<details class="rest" id="quiet"><summary><span class="ok">&#9679;</span> {len(quiet)} '
        f"{'other ' if traced else ''}alarms were quiet in this time.</summary><ul>{listed}</ul></details>"
    )
    scale = f'<div class="scale" aria-hidden="true"><span>{clock(view.start)}</span><span>{clock(view.end)}</span></div>'
    shown = most_urgent(traced)
    rows = f"{scale}{_list(shown, view)}" if traced else ""
    more = _folded(traced[len(shown) :], view)
    return f'<section id="now" tabindex="-1">{heading("1 Wrong now?", wrong_now(view))}{rows}{more}{rest}</section>'


def _list(traced: Sequence[Traced], view: View) -> str:
    return f'<ul class="alarms">{"".join(_alarm(each, view) for each in traced)}</ul>'


def _folded(traced: Sequence[Traced], view: View) -> str:
    if not traced:
        return ""
    return f'<details class="rest" id="cleared"><summary>{len(traced)} more alarms cleared before.</summary>{_list(traced, view)}</details>'


def _alarm(traced: Traced, view: View) -> str:
    spell = traced.spell
    state = "open" if spell.is_open else "cleared"
    until = spell.until or view.end
    left, right = (min(1.0, max(0.0, (at - view.start) / (view.end - view.start))) * 100 for at in (spell.since, until))
    severity = spell.alarm.severity
    name = anchor("a", f"{spell.alarm.name} {spell.since:%H%M}")
    minutes = dumps([(at - view.start).total_seconds() // 60 for at in (spell.since, until)])
    follows = " child" if traced.under else ""
    return (
        f'<li class="al {severity} {state}{follows}" id="{name}" tabindex="-1" data-severity="{severity}" data-span="{minutes}">'
        f'<div class="st">{icon(severity)}<b data-state>{state.capitalize()}</b></div>'
        f'<div class="nm"><b>{escape(severity)}: {escape(clause(spell.alarm))}</b><span>{span(spell.since, spell.until, view.end)}</span></div>'
        f'<div class="why">{_said(traced, name, view)}</div>'
        f'<div class="tl" aria-hidden="true"><s style="left:{left:.2f}%;width:{right - left:.2f}%"></s><u></u></div></li>'
    )


def _said(traced: Traced, name: str, view: View) -> str:
    """What happened and what to do; of one that has cleared, the first step of it; of a consequence, its cause. The rest is one step away."""
    told = Told.of(traced.spell.alarm.description)
    runbook = f' <a href="{escape(told.runbook)}">Runbook</a>' if told.runbook.startswith("https://") else ""
    if traced.under:
        first, hidden = f"<p>{escape(traced.words)}{runbook}</p>", (told.what, told.next_step, told.rest)
    else:
        advised = next_step(traced, view)
        step, stop, further = advised.partition(". ")
        shown, later = (advised, "") if traced.spell.is_open else (f"{step}{stop.strip()}", further)
        advice = f"<p>{inline(shown)}{runbook}</p>" if shown or runbook else ""
        first, hidden = f"<p><b>{inline(told.what)}</b></p>{advice}", (later, traced.words, told.rest)
    rest = "".join(f"<p>{inline(words)}</p>" for words in hidden if words) + _steps(traced.recipe)
    more = f'<details id="{name}-more"><summary>{"What it says" if traced.under else "More"}</summary>{rest}</details>' if rest else ""
    return first + more


def _steps(recipe: str) -> str:
    """The first steps of the alarm's runbook, and what will not help."""
    runbook = runbook_of(recipe)
    if not runbook:
        return ""
    steps = "".join(f"<li>{inline(step)}</li>" for step in runbook.steps)
    return f"<p>{inline(runbook.means)}</p><ol>{steps}</ol><p>{inline(runbook.useless)}</p>"


def icon(severity: str) -> str:
    return f'<svg class="ic" viewBox="0 0 12 12" aria-hidden="true"><path d="{ICONS[severity]}" fill="currentColor"/></svg>'
