"""A stack's dashboard drawn without CloudWatch: a page for on-call, a picture, a text for the terminal.

All three show one `View`: a dashboard, what was measured, and what its alarms did.
"""

from monitoring.render.page import render_html
from monitoring.render.picture import render_png, render_svg
from monitoring.render.terminal import render_text
from monitoring.render.view import Change, Spell, View

__all__ = ["Change", "Spell", "View", "render_html", "render_png", "render_svg", "render_text"]
