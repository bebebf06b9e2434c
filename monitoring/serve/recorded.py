"""A recording, over all of its time: what was measured, and what the alarms really did then."""

from monitoring.recordings import Recording
from monitoring.render.playback import Playback
from monitoring.serve.asked import Asked
from monitoring.serve.boards import on_board
from monitoring.serve.source import Shown
from monitoring.serve.window import window


class RecordedSource:
    """It shows the end of the recording where no time is asked for; nothing in it changes."""

    def __init__(self, recording: Recording) -> None:
        self.name = recording.stack.label
        self._playback = Playback.of_recording(recording)

    def shown(self, asked: Asked) -> Shown:
        first, last = self._playback.start, self._playback.end
        told = f"Recorded from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC; nothing is asked of AWS."
        return Shown(on_board(self._playback.view(*window(asked, first, last)), asked.board), last, first, told)
