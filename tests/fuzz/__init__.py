"""Fuzz: requests that are all wrong in some way, by the thousand, against a real intake."""
