"""Scenarios on the real engine: `make engine`. They are skipped, in one line, where there is no Pulumi CLI on PATH."""
