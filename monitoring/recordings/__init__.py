"""Recordings: what a stack's alarms and dashboard need of what was measured, kept in a file beyond CloudWatch's 15 days of minutes.

A recording is `Measured`, so whatever reads samples or a live account reads it.
"""

from monitoring.live.history import Happened
from monitoring.recordings.file import SUFFIX, read_recording, write_recording
from monitoring.recordings.needs import needs_of
from monitoring.recordings.recorder import ACTIONS, Recorded, record
from monitoring.recordings.recording import Recording

__all__ = ["ACTIONS", "SUFFIX", "Happened", "Recorded", "Recording", "needs_of", "read_recording", "record", "write_recording"]
