"""The address of Redis: what a REDIS_URL may say, so that a slip in it is one line at the start."""

import re
from urllib.parse import parse_qsl, urlsplit

FORMS = (
    "must look like redis://user:password@redis.example.com:6379/0, rediss://… (TLS) or unix:///path/of/redis.sock, "
    "whatever is special in the password percent-encoded"
)
DATABASE = re.compile(r"(/[0-9]*)?")
# What redis-py and Celery's client both take from an address and read alike. How long to wait and how answers are read
# is ours to say; a check of certificates that is left out would hand the password to whoever listens between.
OPTIONS = {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs"}


def check_redis_url(url: str) -> None:
    """Raise ValueError where a client would stumble over it, or two clients read it differently.

    What is raised shows nothing of it: any part may be a piece of a password that was not percent-encoded.
    """
    if not url.isprintable() or " " in url:
        raise ValueError("holds a space, a line's end or another sign that can't be seen: take it out")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(FORMS) from None
    local = parts.scheme == "unix"
    leads = not host and len(parts.path) > 1 if local else parts.scheme in ("redis", "rediss") and bool(host)
    # In small letters, as Celery's client wants it.
    if not leads or parts.fragment or not url.startswith(f"{parts.scheme}:"):
        raise ValueError(FORMS)
    if not local and not DATABASE.fullmatch(parts.path):
        raise ValueError("after the host only the number of a database may follow: /0 (percent-encode a password's /)")
    options = parse_qsl(parts.query, keep_blank_values=True)
    if options and parts.scheme != "rediss":
        raise ValueError("takes options after ? with rediss:// only (percent-encode a password's ?)")
    if {name for name, _ in options} - OPTIONS:
        raise ValueError(f"knows only the options {', '.join(sorted(OPTIONS))} (percent-encode a password's ?)")
    if dict(options).get("ssl_cert_reqs", "required") != "required":
        raise ValueError("ssl_cert_reqs can only be required: trust an authority of your own by ssl_ca_certs=/path.pem")
