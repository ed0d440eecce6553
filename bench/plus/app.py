"""The peer-plus's endpoint: one task for both mails, and no check that the model can't do itself."""

import uuid

from fastapi import FastAPI
from pydantic import BaseModel, Field

from bench.plus.tasks import deliver


class Enquiry(BaseModel):
    """What the form sends."""

    name: str
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str = ""
    condition: str = ""
    message: str


app = FastAPI()


@app.post("/enquiries", status_code=202)
async def enquire(enquiry: Enquiry) -> dict[str, str]:
    """Queue both mails as one task."""
    reference = uuid.uuid4().hex[:8]
    deliver.delay(reference, enquiry.model_dump())
    return {"reference": reference}
