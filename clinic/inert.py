"""Makes what a visitor typed inert: it can be read, and nothing in it can be clicked, hidden or turned round."""

import re
import unicodedata

# A full stop that may join the labels of a host name, save in "3.5", "1.30pm" and "23.11.2026": no top-level domain
# begins with a digit, but four numbers are an address.
NUMBER = r"(?<![\w.-])(\d{1,4}(?:\.\d{1,4}){1,2}[A-Za-z%]{0,3})(?![\w-]|\.\w)"
NUMBER_OR_DOT = re.compile(NUMBER + r"|(?<=[\w\-\])])\.(?=[\w\-\[])")
# What IDNA takes for a full stop as well (RFC 3490 section 3.1); between other letters it is Chinese punctuation.
WIDE_DOT = re.compile(r"(?<=[A-Za-z0-9-])[\u3002\uff0e\uff61](?=[A-Za-z0-9-])")
SCHEME = re.compile(r":(?=//)|(?<=[A-Za-z0-9]):(?=[/\\])|(?<=[A-Za-z]):(?=[\w+%?])")
HTTP = re.compile(r"(?i)\bhtt(ps?)(?=\[:\])")
NETWORK_SHARE = re.compile(r"\\(?=\\)")


def inert(text: str) -> str:
    r"""Return text as it may stand in a mail to reception, its lines kept.

    Control and format characters go (with them the ones that turn the reading direction round, Unicode TR 36), every
    line separator becomes a newline, and addresses lose what makes mail programs turn them into links:
    `https://evil.test` is shown as `hxxps[:]//evil[.]test`, and `\\server` as `[\]\server`.
    """
    plain = "\n".join(text.splitlines())
    if not (plain.isascii() and plain.replace("\n", "").isprintable()):
        plain = "".join(" " if char == "\t" else char for char in plain if char in "\n\t" or not _hidden(char))
    # Most of what people write has none of these marks.
    if ":" in plain or "\\" in plain:
        plain = HTTP.sub(r"hxx\1", SCHEME.sub("[:]", NETWORK_SHARE.sub(r"[\\]", plain)))
    if "." in plain:
        plain = NUMBER_OR_DOT.sub(lambda match: match[1] or "[.]", plain)
    if not plain.isascii():
        plain = WIDE_DOT.sub("[.]", plain)
    return plain.strip()


def inert_line(text: str) -> str:
    """Return text made inert and on one line."""
    return " ".join(inert(text).split())


def _hidden(char: str) -> bool:
    """Return whether a character is a control, format, surrogate or unassigned one (Unicode category C)."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn"}
