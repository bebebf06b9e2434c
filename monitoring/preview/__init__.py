"""What the monitoring of a stack will be, what it costs, and how it differs from what it was: as plain data, and as text for people."""

from monitoring.preview.difference import Change, Difference, difference
from monitoring.preview.listing import Listing, listing, listing_of_alarms

__all__ = ["Change", "Difference", "Listing", "difference", "listing", "listing_of_alarms"]
