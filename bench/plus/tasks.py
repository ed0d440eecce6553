"""The peer-plus's task: both mails over one connection that is kept, from templates that are kept."""

import os
import smtplib
from email.message import EmailMessage
from pathlib import Path

from celery import Celery
from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).parent.parent / "peer" / "templates"
SENDER = "enquiries@clinic.example"
ENVIRONMENT = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False)

app = Celery("plus", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
)
_kept: list[smtplib.SMTP] = []


@app.task
def deliver(reference: str, enquiry: dict[str, str]) -> None:
    """Send both mails."""
    for kind, to in (("confirmation", enquiry["email"]), ("alert", "reception@clinic.example")):
        values = {"reference": reference, "enquiry": enquiry}
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = SENDER, to, f"Your enquiry {reference}"
        message.set_content(ENVIRONMENT.get_template(f"{kind}.txt").render(values))
        message.add_alternative(ENVIRONMENT.get_template(f"{kind}.html").render(values), subtype="html")
        _relay().send_message(message)


def _relay() -> smtplib.SMTP:
    if not _kept:
        _kept.append(smtplib.SMTP("127.0.0.1", int(os.environ["SMTP_PORT"])))
    return _kept[0]
