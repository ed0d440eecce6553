"""The outside: whether what we are told of it lets links in mails lead to us, and visitors be told apart."""

from urllib.parse import urlsplit

from clinic.relay import is_loopback
from clinic.settings import Settings


def stays_here(origin: str) -> bool:
    """Return whether links that begin so lead each reader to a machine of their own."""
    return is_loopback(urlsplit(origin).hostname or "")


def look_alike(settings: Settings) -> str:
    """Return what befalls visitors who come by a proxy that we were not told of, or nothing."""
    # We speak HTTP only: who is reached by HTTPS stands behind one.
    if settings.trusted_proxies or not settings.public_url.startswith("https://"):
        return ""
    limit = settings.limit_per_address
    return (
        f"is not set: behind a proxy all visitors look like one, and beyond {limit} they are set aside as spam: "
        "set how many stand before the intake (1 as a rule)"
    )


def warnings(settings: Settings, origin: str) -> list[str]:
    """Return what an operator should set, a line each; `origin` begins the links where no PUBLIC_URL is set."""
    told = []
    if stays_here(settings.public_url or origin):
        fault = f"leads to {urlsplit(settings.public_url).hostname}" if settings.public_url else "is not set"
        told.append(
            f"PUBLIC_URL: {fault}: links in mails lead to the reader's own machine ({settings.public_url or origin}): "
            "set where patients reach the form, and with a web server in front TRUSTED_PROXIES=1"
        )
    if alike := look_alike(settings):
        told.append(f"TRUSTED_PROXIES: {alike}")
    return told
