"""How long something took, in words."""

from datetime import timedelta


def said(span: timedelta) -> str:
    """ "41 s", "21 min 15 s", "4 h 12 min"."""
    seconds = round(span.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes} min {seconds} s" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
