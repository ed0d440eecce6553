"""An enquiry: what a patient may send us, checked and normalised once, for form and JSON alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from clinic.address import mailable
from clinic.languages import Locale, language_of
from clinic.text import FieldFault, Unacceptable, many_lines, single_line, visible, without_paste_marks

ContactBy = Literal["email", "phone", "either"]

NAME_LENGTH = 100
EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3: 256 with the angle brackets
LOCAL_PART_LENGTH = 64  # RFC 5321, section 4.5.3.1.1
PHONE_LENGTH = 32
CONTACT_WHEN_LENGTH = 100
MESSAGE_LENGTH = 5000

# A dot-atom (RFC 5322, section 3.2.3) of letters, digits and the marks that addresses really have; it stays as it is.
PLAIN_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
# "user%elsewhere@relay" and "elsewhere!user@relay" ask a mail server to pass the mail on to elsewhere (RFC 1123,
# section 5.2.16; RFC 976). Postfix does, of a domain of its own, and one mailbox would have endless spellings.
PASSED_ON = re.compile("%|.!")
# A British number with its leading zero and all ten digits after it, between spaces and the usual marks.
PLAIN_NUMBER = re.compile(r"\(?0[ ().-]*[1-9](?:[ ().-]*[0-9]){9}")


class Enquiry(BaseModel):
    """What a patient sent, as we keep it; it was checked when it came in and is never judged again."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    email: str
    contact_by: ContactBy = "email"
    phone: str = ""
    contact_when: str = ""
    condition: str = ""
    site: str = ""
    message: str
    locale: Locale = "en"


@dataclass(frozen=True, slots=True)
class Offered:
    """The slugs that the clinic file has; nothing else may be asked for."""

    conditions: frozenset[str]
    sites: frozenset[str]


def _name(value: str) -> str:
    return visible(single_line(value, NAME_LENGTH))


def _message(value: str) -> str:
    return visible(many_lines(value, MESSAGE_LENGTH))


def _email(value: str) -> str:
    address = without_paste_marks(value).strip(" ")
    if len(address) > EMAIL_LENGTH:
        raise Unacceptable(FieldFault.TOO_LONG)
    if not address:
        raise Unacceptable(FieldFault.REQUIRED)
    local_part = address.rpartition("@")[0]
    if len(local_part) > LOCAL_PART_LENGTH or PASSED_ON.search(local_part):
        raise Unacceptable(FieldFault.EMAIL)
    try:
        if address.isascii() and PLAIN_LOCAL_PART.fullmatch(local_part):
            return local_part + "@" + _domain(address[len(local_part) + 1 :])
        return mailable(address)
    except ValueError:
        raise Unacceptable(FieldFault.EMAIL) from None


@lru_cache(maxsize=1024)
def _domain(domain: str) -> str:
    """Return the domain as `mailable` writes it, or raise its ValueError; most patients share a few domains."""
    return mailable(f"a@{domain}")[2:]


def _phone(value: str, info: ValidationInfo) -> str:
    number = single_line(without_paste_marks(value), PHONE_LENGTH)
    if not number and info.data.get("contact_by") == "phone":
        raise Unacceptable(FieldFault.REQUIRED)
    if number and not _could_be_rung(number):
        raise Unacceptable(FieldFault.PHONE)
    return number


def _could_be_rung(number: str) -> bool:
    if PLAIN_NUMBER.fullmatch(number):
        return True
    # Imported on first use: it costs 50 ms, and neither the workers nor the command line need it.
    from clinic.numbering import could_be_rung

    return could_be_rung(number)


def _condition(value: str, info: ValidationInfo) -> str:
    return _one_of(value.strip(), info.context.conditions)  # type: ignore[union-attr]  # read_enquiry gives it


def _site(value: str, info: ValidationInfo) -> str:
    return _one_of(value.strip(), info.context.sites)  # type: ignore[union-attr]  # read_enquiry gives it


def _one_of(slug: str, offered: frozenset[str]) -> str:
    if slug and slug not in offered:
        raise Unacceptable(FieldFault.CHOICE)
    return slug


def _folded(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _language(value: object) -> object:
    return language_of(value) if isinstance(value, str) else value


class Submission(Enquiry):
    """The rules for what comes in; `read_enquiry` applies them."""

    name: Annotated[str, AfterValidator(_name)]
    email: Annotated[str, AfterValidator(_email)]
    contact_by: Annotated[ContactBy, BeforeValidator(_folded)] = "email"
    phone: Annotated[str, Field(validate_default=True), AfterValidator(_phone)] = ""
    contact_when: Annotated[str, AfterValidator(partial(single_line, limit=CONTACT_WHEN_LENGTH))] = ""
    condition: Annotated[str, AfterValidator(_condition)] = ""
    site: Annotated[str, AfterValidator(_site)] = ""
    message: Annotated[str, AfterValidator(_message)]
    locale: Annotated[Locale, BeforeValidator(_language)] = "en"


def read_enquiry(fields: Mapping[str, object], offered: Offered) -> Enquiry:
    """Check and normalise what came in; raise ValidationError, whose errors are pydantic's own or Unacceptable."""
    return Submission.model_validate(fields, context=offered)
