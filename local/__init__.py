"""The whole stack on one machine: the real program deployed on an embedded AWS, its functions run from their zips, its alarms watched.

`python -m local demo` shows it; `World` is the same for tests and other programs.
"""
