"""Alarms, dashboards, and whom they tell."""
