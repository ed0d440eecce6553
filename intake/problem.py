"""Problems: the closed list of ways in which a request can be refused, and what to do about each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to refuse; `slug` names it for programs, `title` and `cure` for people."""

    status: int
    slug: str
    title: str
    cure: str


EMPTY = Kind(400, "empty", "Nothing was sent", "Send the fields of the enquiry in the body of the request.")
UNREADABLE = Kind(
    400, "unreadable", "We could not read what was sent", "Send JSON, or a form as browsers encode it, in UTF-8."
)
TWICE = Kind(400, "sent-twice", "A field was sent twice", "Send each field once.")
TOO_MANY_FIELDS = Kind(400, "too-many-fields", "Too many fields were sent", "Send only the fields of the enquiry.")
BAD_KEY = Kind(
    400, "idempotency-key", "The Idempotency-Key can't be used", "Send one key of 1 to 255 visible ASCII characters."
)
MALFORMED = Kind(400, "malformed", "This is not a valid HTTP request", "Send a request as HTTP/1.1 has it (RFC 9112).")
FOREIGN = Kind(
    403,
    "foreign-website",
    "This website may not send us enquiries",
    "Use the enquiry form on our own website. Whoever looks after this one can have it added to the clinic file.",
)
MISDIRECTED = Kind(
    421, "misdirected", "This is not where you wanted to go", "Check the address, or go to the clinic's website."
)
NOT_FOUND = Kind(404, "not-found", "Page not found", "Check the address, or start again from the enquiry form.")
LINK_EXPIRED = Kind(
    404,
    "link-expired",
    "This page is no longer here",
    "If you sent an enquiry, we have it, and you need not send it again.",
)
WRONG_METHOD = Kind(405, "method", "That can't be done here", "Use one of the methods that the Allow header names.")
TOO_SLOW = Kind(408, "too-slow", "The request took too long", "Check your connection and send the enquiry again.")
TOO_LARGE = Kind(413, "too-large", "What you sent is too long", "Shorten your message and send the enquiry again.")
URL_TOO_LONG = Kind(
    414, "url-too-long", "The address is too long", "Check the address, or start from the enquiry form."
)
MEDIA_TYPE = Kind(
    415,
    "media-type",
    "This kind of content is not taken",
    "Send application/json or application/x-www-form-urlencoded, in UTF-8, without a Content-Encoding.",
)
NOT_AN_OBJECT = Kind(
    422, "not-an-object", "The JSON is not an object", "Send one JSON object with the fields as its members."
)
INVALID = Kind(422, "invalid", "There is a problem", "Put right the fields that are named, and send the enquiry again.")
KEY_REUSED = Kind(
    422,
    "idempotency-key-reused",
    "This form was sent before",
    "We have the enquiry that you sent with it. To send another one, send the form again.",
)
HEAD_TOO_LARGE = Kind(431, "head-too-large", "The headers are too long", "Send fewer headers, or shorter ones.")
OUR_FAULT = Kind(500, "our-fault", "Something went wrong here", "Try again in a minute, or phone us.")
UNAVAILABLE = Kind(
    503,
    "unavailable",
    "We can't take your enquiry just now",
    "We may not have it. Phone us, or try again.",
)

KINDS = (
    *(EMPTY, UNREADABLE, TWICE, TOO_MANY_FIELDS, BAD_KEY, MALFORMED, NOT_FOUND, LINK_EXPIRED, WRONG_METHOD, TOO_SLOW),
    *(TOO_LARGE, URL_TOO_LONG, MEDIA_TYPE, NOT_AN_OBJECT, INVALID, KEY_REUSED, HEAD_TOO_LARGE, OUR_FAULT, UNAVAILABLE),
)
