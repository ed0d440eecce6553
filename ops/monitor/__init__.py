"""The monitor: reads the store, shows it to scrapers and people, and raises alarms that ride on no mail."""
