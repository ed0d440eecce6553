"""The peer: what people build today: FastAPI, two `task.delay()` calls, Celery prefork, smtplib for each mail."""
