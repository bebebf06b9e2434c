"""The code of a function as an archive, with the same bytes everywhere."""
