"""The peer's tasks: each renders its templates from the disk and opens a connection of its own."""

import os
import smtplib
from email.message import EmailMessage
from pathlib import Path

from celery import Celery
from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).parent / "templates"
SENDER = "enquiries@clinic.example"

app = Celery("peer", broker=os.environ["REDIS_URL"])
app.conf.update(task_acks_late=True, broker_connection_retry_on_startup=True)


@app.task
def confirm(reference: str, enquiry: dict[str, str]) -> None:
    """Send the confirmation."""
    _send("confirmation", enquiry["email"], reference, enquiry)


@app.task
def alert(reference: str, enquiry: dict[str, str]) -> None:
    """Send the alert."""
    _send("alert", "reception@clinic.example", reference, enquiry)


def _send(kind: str, to: str, reference: str, enquiry: dict[str, str]) -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, to, f"Your enquiry {reference}"
    values = {"reference": reference, "enquiry": enquiry}
    message.set_content(environment.get_template(f"{kind}.txt").render(values))
    message.add_alternative(environment.get_template(f"{kind}.html").render(values), subtype="html")
    with smtplib.SMTP("127.0.0.1", int(os.environ["SMTP_PORT"])) as relay:
        relay.send_message(message)
