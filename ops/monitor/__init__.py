"""The monitor: reads the ledger, shows it to scrapers and people, and raises alarms that ride on no mail."""
