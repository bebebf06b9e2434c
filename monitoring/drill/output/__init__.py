"""What a drill comes to: for people, for programs, and for those who audit."""

from monitoring.drill.output.markdown import markdown
from monitoring.drill.output.report import report
from monitoring.drill.output.text import preview, text

__all__ = ["markdown", "preview", "report", "text"]
