"""Models that must not pass a review: each is wrong in one way."""
