"""Assets: files for browsers, under names that change with their content so that they may be kept."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request

from clinic.languages import Locale, say
from intake.answer import FOR_EVER, FOR_MINUTES, Answer
from intake.problem import NOT_FOUND
from intake.refusal import Refusal

FOLDER = Path(__file__).parent / "static"
MEDIA = {".css": b"text/css; charset=utf-8", ".svg": b"image/svg+xml", ".js": b"text/javascript; charset=utf-8"}
EMBED = "embed.js"
# Where the script for websites has its words put in.
WORDS = b"{/* words */}"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, read once per process."""

    path: str
    body: bytes
    media: bytes


def _read(file: Path) -> Asset:
    body = file.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"/static/{file.stem}.{digest}{file.suffix}", body, MEDIA[file.suffix])


class Assets:
    """The files of the folder by their name there, and the answer to a request for one."""

    def __init__(self, locales: Iterable[Locale]) -> None:
        """Take the languages that the script for websites is to speak."""
        self._locales = tuple(locales)
        self._assets = {file.name: _read(file) for file in sorted(FOLDER.iterdir()) if file.suffix in MEDIA}
        self._by_path = {asset.path: asset for asset in self._assets.values()}

    def path(self, name: str) -> str:
        """Return where a file is served: "site.css" at "/static/site.0123456789ab.css"."""
        return self._assets[name].path

    async def answer(self, request: Request) -> Answer:
        """Answer with the file, or refuse what is not there."""
        asset = self._by_path.get(request.url.path)
        if asset is None:
            raise Refusal(NOT_FOUND)
        return Answer(200, asset.body, asset.media, cache=FOR_EVER)

    async def embed(self, _request: Request) -> Answer:
        """Answer with the script for websites, under the one name that stands in their pages."""
        asset = self._assets[EMBED]
        return Answer(200, asset.body.replace(WORDS, self._words), asset.media, cache=FOR_MINUTES)

    @cached_property
    def _words(self) -> bytes:
        words = {
            locale: {
                "title": say("Appointment enquiry", locale),
                "link": say("Send us an appointment enquiry", locale),
            }
            for locale in self._locales
        }
        return json.dumps(words, ensure_ascii=False).encode()
