"""The table and everything that belongs to it."""
