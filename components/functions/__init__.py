"""Functions, and the consumers of streams."""
