"""Real parts for tests: servers that can be scripted, cut, frozen and killed."""
