"""The description of the interface (OpenAPI 3.1), made from the models that check and answer."""

from typing import Any

from pydantic.json_schema import models_json_schema

from clinic.enquiry import (
    CONTACT_WHEN_LENGTH,
    EMAIL_LENGTH,
    MESSAGE_LENGTH,
    NAME_LENGTH,
    PHONE_LENGTH,
    Submission,
)
from clinic.facts import ClinicFacts
from clinic.languages import LOCALES
from intake.limits import IDEMPOTENCY_KEY_LENGTH
from intake.openapi_responses import responses
from intake.receipt import Receipt
from intake.refusal import ProblemDocument

MODELS = "#/components/schemas/{model}"
# In characters as a reader counts them, never more than JSON Schema counts.
AT_MOST = {
    "name": NAME_LENGTH,
    "email": EMAIL_LENGTH,
    "phone": PHONE_LENGTH,
    "contact_when": CONTACT_WHEN_LENGTH,
    "message": MESSAGE_LENGTH,
}
LANGUAGE = {"type": "string", "title": "Locale", "default": "en"}
SPOKEN = f"One of: {', '.join(LOCALES)}; a tag such as en-GB, or en_GB, counts as its language."


def openapi(facts: ClinicFacts) -> dict[str, Any]:
    """Return the description for one clinic: its conditions and sites are the values that may be sent."""
    _, definitions = models_json_schema(
        [(Submission, "validation"), (Receipt, "serialization"), (ProblemDocument, "serialization")],
        ref_template=MODELS,
    )
    schemas = definitions["$defs"]
    _offer(schemas["Submission"]["properties"], facts)
    form = {**schemas["Submission"], "additionalProperties": True}
    form["properties"] = {
        **form["properties"],
        "locale": {**LANGUAGE, "description": f"{SPOKEN} Any other counts as not said."},
        "nonce": {
            "type": "string",
            "description": "The same enquiry under the same nonce is accepted once a day; another is another enquiry.",
        },
    }
    schemas["SubmissionForm"] = {**form, "title": "SubmissionForm"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Appointment enquiries of {facts.name}",
            "version": "1",
            "description": "Sends an enquiry to the clinic. It does not book an appointment.",
        },
        "paths": {"/enquiries": {"post": _post(facts)}},
        "components": {"schemas": schemas},
    }


def _offer(properties: dict[str, Any], facts: ClinicFacts) -> None:
    for field, limit in AT_MOST.items():
        properties[field]["maxLength"] = limit
    properties["condition"]["enum"] = ["", *(condition.slug for condition in facts.condition)]
    properties["site"]["enum"] = ["", *(site.slug for site in facts.site)]
    properties["locale"] = {**LANGUAGE, "description": SPOKEN, "pattern": f"^({'|'.join(LOCALES)})([-_].*)?$"}


def _post(facts: ClinicFacts) -> dict[str, Any]:
    example = {
        "name": "Jo Bloggs",
        "email": "jo@example.com",
        "phone": "01632 960001",
        "contact_by": "either",
        "contact_when": "weekday mornings",
        "condition": facts.condition[0].slug,
        "message": "It hurts when I sit for long. Could I see somebody next week?",
    }
    return {
        "operationId": "sendEnquiry",
        "summary": "Send an enquiry",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Makes it safe to send the same request again: it is accepted once. "
                "A form has the field `nonce` for that.",
                "schema": {"type": "string", "pattern": "^[!-~]+$", "maxLength": IDEMPOTENCY_KEY_LENGTH},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": MODELS.format(model="Submission")},
                    "example": example,
                },
                "application/x-www-form-urlencoded": {
                    "schema": {"$ref": MODELS.format(model="SubmissionForm")},
                    "example": example,
                },
            },
        },
        "responses": responses(facts),
    }
