"""The head of a request: the few headers that decide how its body is read and in which shape it is answered."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

from starlette.types import Scope

from clinic.languages import Locale
from intake.limits import BODY_BYTES, IDEMPOTENCY_KEY_LENGTH
from intake.problem import BAD_KEY, MEDIA_TYPE, TOO_LARGE
from intake.refusal import Refusal

Media = Literal["json", "form"]

MEDIA: dict[bytes, Media] = {b"application/json": "json", b"application/x-www-form-urlencoded": "form"}
WANTED = frozenset(
    (
        *(b"accept", b"content-type", b"content-length", b"content-encoding", b"idempotency-key"),
        *(b"host", b"origin", b"sec-fetch-site", b"sec-fetch-dest", b"x-forwarded-for", b"accept-language"),
    ),
)


class Head(NamedTuple):
    """The values of the headers that count, each as often as it was sent."""

    values: dict[bytes, list[bytes]]

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Read the head; it can't fail, so that even a refusal knows the shape of its answer."""
        values: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            if name in WANTED:
                values.setdefault(name, []).append(value)
        return cls(values)

    def all(self, name: bytes) -> list[bytes]:
        """Return the values of a header, as often as it was sent."""
        return self.values.get(name, [])

    @property
    def wants_page(self) -> bool:
        """Return whether a person is looking: a page is accepted, or a form came from who has no preference."""
        accept = b",".join(self.values.get(b"accept", ())).lower()
        if b"text/html" in accept:
            return not _prefers_json(accept)
        return b"json" not in accept and self._media() == "form"

    @property
    def in_frame(self) -> bool:
        """Return whether a browser shows the answer in a frame, as it says of itself (Fetch Metadata)."""
        return self.all(b"sec-fetch-dest") == [b"iframe"]

    def language(self, offered: Sequence[Locale]) -> Locale:
        """Return the language that is liked best (RFC 9110, section 12.5.4), the first where none of them is named."""
        best, quality = offered[0], 0.0
        for part in b",".join(self.values.get(b"accept-language", ())).split(b","):
            tag, _, parameters = part.partition(b";")
            primary = tag.strip().lower().partition(b"-")[0].decode("latin-1")
            for locale in offered:
                if primary == locale and _quality(parameters) > quality:
                    best, quality = locale, _quality(parameters)
        return best

    def media(self) -> Media:
        """Return how the body is written; raise Refusal for what we do not read, before a byte of it is."""
        if b"content-encoding" in self.values:
            raise Refusal(MEDIA_TYPE, close=True)
        media = self._media()
        if media is None:
            raise Refusal(MEDIA_TYPE, close=True)
        return media

    def check_length(self) -> None:
        """Raise Refusal when the request says that its body is longer than we take."""
        for value in self.values.get(b"content-length", ()):
            if not value.isdigit() or len(value) > len(str(BODY_BYTES)) or int(value) > BODY_BYTES:
                raise Refusal(TOO_LARGE, close=True)

    def idempotency_key(self) -> str | None:
        """Return the Idempotency-Key, or None when there is none; raise Refusal for one that can't be used."""
        keys = self.values.get(b"idempotency-key")
        if keys is None:
            return None
        key = keys[0].decode("latin-1")
        if len(keys) > 1 or not is_key(key):
            raise Refusal(BAD_KEY, close=True)
        return key

    def _media(self) -> Media | None:
        types = self.values.get(b"content-type", ())
        if len(types) != 1:
            return None
        if types[0] in MEDIA:
            return MEDIA[types[0]]
        essence, _, parameter = types[0].partition(b";")
        if parameter and parameter.strip().lower() not in (b"charset=utf-8", b'charset="utf-8"'):
            return None
        return MEDIA.get(essence.strip().lower())


def is_key(key: str) -> bool:
    """Return whether a text can be an idempotency key: 1 to 255 visible ASCII characters."""
    return 0 < len(key) <= IDEMPOTENCY_KEY_LENGTH and key.isascii() and key.isprintable() and " " not in key


def _prefers_json(accept: bytes) -> bool:
    """Return whether JSON has a higher quality than a page (RFC 9110, section 12.5.1) in a list that has pages."""
    html = json = 0.0
    for part in accept.split(b","):
        name, _, parameters = part.partition(b";")
        if name.strip().endswith(b"json"):
            json = max(json, _quality(parameters))
        elif name.strip() == b"text/html":
            html = max(html, _quality(parameters))
    return json > html


def _quality(parameters: bytes) -> float:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
