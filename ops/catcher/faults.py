"""Scripted faults: which steps of an SMTP conversation go wrong, how, and how often."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

Verb = Literal["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"]
BEFORE_ANY_ADDRESS = ("CONNECT", "EHLO")
LONGEST_DELAY = 3600.0


class Fault(BaseModel):
    """One scripted fault; `ops.catcher` says what its fields mean."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    verb: Verb
    reply: Annotated[str, Field(pattern=r"^[45][0-9]{2} [ -~]{1,400}$")] | None = None
    delay: Annotated[float, Field(gt=0, le=LONGEST_DELAY)] = 0.0
    drop: bool = False
    keep: bool = False
    times: Annotated[int, Field(ge=1)] | None = None
    match: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _does_something_possible(self) -> Self:
        if not (self.reply or self.delay or self.drop):
            raise ValueError("does nothing: give it a reply, a delay or drop")
        if self.keep and self.verb != "DOT":
            raise ValueError("keep is for DOT: before the end of the mail there is nothing to keep")
        if self.match and self.verb in BEFORE_ANY_ADDRESS:
            raise ValueError(f"match can't be: at {self.verb} no address is known yet")
        return self

    def strikes(self, verb: Verb, addresses: Sequence[str]) -> bool:
        """Return whether this fault is for a step that concerns these addresses."""
        wanted = (self.match or "").lower()
        return self.verb == verb and (not wanted or any(wanted in address.lower() for address in addresses))


SCRIPT = TypeAdapter(list[Fault])


def read_faults(document: bytes) -> list[Fault]:
    """Read a JSON list of faults; raise ValueError with a line for each thing that is wrong with it."""
    try:
        return SCRIPT.validate_json(document)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
    raise ValueError("\n".join(f"{'.'.join(map(str, fault['loc'])) or 'the list'}: {fault['msg']}" for fault in wrong))


class Faults:
    """The faults that are still to strike."""

    def __init__(self) -> None:
        self.script: list[Fault] = []

    def take(self, verb: Verb, addresses: Sequence[str] = ()) -> Fault | None:
        """Return the fault that strikes now, and count it."""
        for place, fault in enumerate(self.script):
            if fault.strikes(verb, addresses):
                if fault.times == 1:
                    del self.script[place]
                elif fault.times:
                    self.script[place] = fault.model_copy(update={"times": fault.times - 1})
                return fault
        return None
