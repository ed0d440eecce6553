"""Problems: the closed list of ways in which a request can be refused, and what to do about each."""

from dataclasses import dataclass

from clinic.languages import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One way to refuse; `slug` names it for programs, `title` and `cure` for people: the clinic's own `of_staff`."""

    status: int
    slug: str
    title: str
    cure: str
    of_staff: bool = False


EMPTY = Problem(400, "empty", _("Nothing was sent"), _("Send the fields of the enquiry in the body of the request."))
UNREADABLE = Problem(
    400, "unreadable", _("We could not read what was sent"), _("Send JSON, or a form as browsers encode it, in UTF-8.")
)
TWICE = Problem(400, "sent-twice", _("A field was sent twice"), _("Send each field once."))
TOO_MANY_FIELDS = Problem(
    400, "too-many-fields", _("Too many fields were sent"), _("Send only the fields of the enquiry.")
)
BAD_KEY = Problem(
    400,
    "idempotency-key",
    _("The Idempotency-Key can't be used"),
    _("Send one key of 1 to 255 visible ASCII characters."),
)
MALFORMED = Problem(
    400, "malformed", _("This is not a valid HTTP request"), _("Send a request as HTTP/1.1 has it (RFC 9112).")
)
FOREIGN = Problem(
    403,
    "foreign-website",
    _("This website may not send us enquiries"),
    _("Please use the enquiry form on our own website, or phone us."),
)
MISDIRECTED = Problem(
    421, "misdirected", _("This is not where you wanted to go"), _("Check the address, or go to the clinic's website.")
)
NOT_FOUND = Problem(
    404, "not-found", _("Page not found"), _("Check the address, or start again from the enquiry form.")
)
LINK_EXPIRED = Problem(
    404,
    "link-expired",
    _("This page is no longer here"),
    _("If you sent an enquiry, we have it, and you need not send it again."),
)
STAFF_LINK = Problem(
    404,
    "staff-link",
    _("This link is no longer valid"),
    _("It is incomplete or older than 90 days, or the enquiry was erased. Look for the reference at the desk."),
    of_staff=True,
)
WRONG_METHOD = Problem(
    405, "method", _("That can't be done here"), _("Use one of the methods that the Allow header names.")
)
TOO_SLOW = Problem(
    408, "too-slow", _("The request took too long"), _("Check your connection and send the enquiry again.")
)
TOO_LARGE = Problem(
    413, "too-large", _("What you sent is too long"), _("Go back, shorten your message and send the enquiry again.")
)
URL_TOO_LONG = Problem(
    414, "url-too-long", _("The address is too long"), _("Check the address, or start from the enquiry form.")
)
MEDIA_TYPE = Problem(
    415,
    "media-type",
    _("This kind of content is not taken"),
    _("Send application/json or application/x-www-form-urlencoded, in UTF-8, without a Content-Encoding."),
)
EXPECTATION = Problem(
    417,
    "expectation",
    _("The request expects what we don't do"),
    _("Send it without an Expect header, or with 100-continue in it."),
)
NOT_AN_OBJECT = Problem(
    422, "not-an-object", _("The JSON is not an object"), _("Send one JSON object with the fields as its members.")
)
INVALID = Problem(
    422, "invalid", _("There is a problem"), _("Put right the fields that are named, and send the enquiry again.")
)
KEY_REUSED = Problem(
    422,
    "idempotency-key-reused",
    _("This form was sent before"),
    _("We have the enquiry that you sent with it. To send another one, send the form again."),
)
TOO_MANY = Problem(
    429,
    "too-many",
    _("Too many enquiries came from your network"),
    _("We do not have this one. Please phone us, or try again tomorrow."),
)
HEAD_TOO_LARGE = Problem(
    431, "head-too-large", _("The headers are too long"), _("Send fewer headers, or shorter ones.")
)
OUR_FAULT = Problem(500, "our-fault", _("Something went wrong here"), _("Try again in a minute, or phone us."))
UNAVAILABLE = Problem(
    503,
    "unavailable",
    _("We can't take your enquiry just now"),
    _("We may not have it. Phone us, or try again."),
)
STORE_AWAY = Problem(
    503,
    "store-away",
    _("The service can't reach its store"),
    _("Go back and look again in a minute: the page shows what was done. A note that you just wrote may not be kept."),
    of_staff=True,
)

# Whatever is defined above: a list would be forgotten at the next one.
PROBLEMS = tuple(defined for defined in globals().values() if isinstance(defined, Problem))
