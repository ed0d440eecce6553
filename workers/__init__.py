"""Mail out: Celery workers that claim what is due, send it, and store how that ended."""
