"""The door to `email.message`: the bytes that a mail travels as, and the gate those bytes must pass."""

import hashlib
import re
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import lru_cache

from clinic.errors import FrontdeskError
from workers.mail import Head, Mail
from workers.skeleton import framed, quoted


class From(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # the registry joins the two in just this order
    """Who sends a mail: where its name does not fit on one line with the address, it is encoded words (RFC 2047)."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header's lines; the library loses the quotes of a name over two of them (python/cpython#80222)."""
        folded = super().fold(policy=policy)
        if folded.count("\r\n") == 1:
            return folded
        (sender,) = self.addresses
        name = Header(sender.display_name, "utf-8", header_name=self.name).encode(linesep="\r\n")
        return f"{self.name}: {name}\r\n <{sender.addr_spec}>\r\n"


class Headers(HeaderRegistry):
    """Parses headers, each once: most are the same in every mail, and parsing them anew was half of a mail's time."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("from", From)
        # Room for a few mails: what differs between them soon makes way again.
        self._parsed = lru_cache(maxsize=64)(super().__call__)

    def __call__(self, name: str, value: str) -> BaseHeader:
        """Return the header; the object is shared, and nothing ever changes one."""
        return self._parsed(name, value)


# cte_type 7bit: no relay on the way has reason to re-encode a mail, which would break its DKIM signature.
POLICY = SMTP.clone(cte_type="7bit", header_factory=Headers())
LINE_LIMIT = 998  # octets without CRLF, RFC 5322 section 2.1.1
PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t"
ALWAYS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "mime-version",
    "content-type",
}
NOT_PLAIN = "something else than whole lines of printable ASCII ending in CRLF"
END_OF_HEAD = b"\r\n\r\n"
# Names of clinic facts that were kept may have them, and no header can. CR and LF stay, for the library to refuse.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
OF_A_PART = ["content-transfer-encoding", "content-type"]


class UnsafeMessage(FrontdeskError):
    """The bytes of a mail are not what they must be; the message says what, and quotes nothing of them."""


def message_bytes(mail: Mail) -> bytes:
    """Return the mail as it travels: CRLF lines of ASCII, the same bytes every time; raise UnsafeMessage.

    It says of itself that no person wrote it (RFC 3834 section 5: auto-generated, for it answers a form and not a mail;
    X-Auto-Response-Suppress is how Exchange wants to hear the same), so that no machine answers it.
    """
    content = framed(mail, quoted(mail.text), quoted(mail.html), written, _boundary) if mail.html else None
    return written(mail) if content is None else gated(content)


def filled_bytes(head: Head, text: bytes, html: bytes) -> bytes | None:
    """Return a mail whose bodies are quoted-printable lines already; None where the library has to write its head.

    The bodies have passed the gate, piece by piece: to look at all of it again takes as long as to put it together.
    """
    content = framed(head, text, html, written, _boundary)
    if content is not None:
        gated(content[: content.index(END_OF_HEAD) + len(END_OF_HEAD)])
    return content


def written(mail: Mail) -> bytes:
    """Return the mail as the library writes it, whatever is in it, once it has passed the gate; raise UnsafeMessage."""
    message = EmailMessage(policy=POLICY)
    try:
        message["From"] = str(Address(CONTROLS.sub(" ", mail.sender_name), addr_spec=mail.sender))
        message["To"] = str(Address(addr_spec=mail.to))
        if mail.reply_to is not None:
            message["Reply-To"] = str(Address(addr_spec=mail.reply_to))
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.date)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(mail.text, cte="quoted-printable")
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
            message.set_boundary(_boundary(mail.message_id))
            for part in message.iter_parts():
                del part["MIME-Version"]
        content = message.as_bytes()
        check(content, mail.to)
    except (ValueError, IndexError, AttributeError, MessageError):
        # IndexError is how the parser refuses half an address, AttributeError half a group of them. From None: the
        # error's text quotes what it refused.
        raise UnsafeMessage("a header or the text holds what no mail can hold") from None
    return content


def check(content: bytes, to: str) -> None:
    """Pass bytes that are one mail to `to` with exactly our headers, as their reader sees them; else UnsafeMessage."""
    if not _is_plain(content):
        raise UnsafeMessage(NOT_PLAIN)
    if any(len(line) > LINE_LIMIT for line in content.split(b"\r\n")):
        raise UnsafeMessage(f"a line of more than {LINE_LIMIT} octets")
    message = BytesParser(EmailMessage, policy=POLICY).parsebytes(content)
    parts = list(message.iter_parts())
    names = [name.lower() for name in message]
    expected = ALWAYS | (set() if parts else {"content-transfer-encoding"})
    if len(names) != len(set(names)) or set(names) - {"reply-to"} != expected:
        raise UnsafeMessage("not exactly the headers that we write")
    for name in {"from", "to", "reply-to"} & set(names):
        if len(message[name].addresses) != 1:
            raise UnsafeMessage(f"not one address in {name}")
    if message["to"].addresses[0].addr_spec != to:
        raise UnsafeMessage("another recipient than the one it was made for")
    if message.defects or any(header.defects for header in message.values()):
        raise UnsafeMessage("headers that can be read in more than one way")
    kinds = [part.get_content_type() for part in parts] if parts else [message.get_content_type()]
    if kinds not in (["text/plain", "text/html"], ["text/plain"]):
        raise UnsafeMessage("other parts than text and HTML")
    if any(part.defects or sorted(name.lower() for name in part) != OF_A_PART for part in parts):
        raise UnsafeMessage("a part with other headers than its type and encoding")


def gated(content: bytes) -> bytes:
    """Return what is whole lines of printable ASCII; raise UnsafeMessage for anything else."""
    if not _is_plain(content):
        raise UnsafeMessage(NOT_PLAIN)
    return content


def _is_plain(content: bytes) -> bool:
    """Return whether these are whole lines of printable ASCII."""
    ends = content.translate(None, PRINTABLE)
    return content.endswith(b"\r\n") and ends == b"\r\n" * (len(ends) // 2) and content.count(b"\r\n") == len(ends) // 2


def _boundary(message_id: str) -> str:
    """Return a boundary that no content can contain: quoted-printable never has "=_" (RFC 2045 section 6.7)."""
    return f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
