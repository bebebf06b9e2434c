"""How fast the parts are that promise to be: each against the straightforward way to do the same, as a ratio. `make bench` runs all.

Processor time is compared, not the clock on the wall, so that what else the machine does matters little.
"""
