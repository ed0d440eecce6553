"""The peer's endpoint: a pydantic model, a set of defaults, and two tasks."""

import uuid

from fastapi import FastAPI
from pydantic import BaseModel, EmailStr

from bench.peer.tasks import alert, confirm


class Enquiry(BaseModel):
    """What the form sends."""

    name: str
    email: EmailStr
    phone: str = ""
    condition: str = ""
    message: str


app = FastAPI()


@app.post("/enquiries", status_code=202)
def enquire(enquiry: Enquiry) -> dict[str, str]:
    """Queue both mails."""
    reference = uuid.uuid4().hex[:8]
    confirm.delay(reference, enquiry.model_dump())
    alert.delay(reference, enquiry.model_dump())
    return {"reference": reference}
