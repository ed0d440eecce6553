"""An origin is written as browsers write it, or it is none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinic.origin import CURE, origin

# As the URL standard's own algorithm has them, which browsers follow.
WRITTEN = {
    "https://www.clinic.example": "https://www.clinic.example",
    "https://WWW.Clinic.example/welcome?a=b#c": "https://www.clinic.example",
    "https://clinic.example:443": "https://clinic.example",
    "http://clinic.example:80/": "http://clinic.example",
    "https://clinic.example:80": "https://clinic.example:80",
    "https://clinic.example:": "https://clinic.example",
    "https://clinic.example:08443": "https://clinic.example:8443",
    "https://clinic.example.": "https://clinic.example",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "https://BÜCHER.example.:443": "https://xn--bcher-kva.example",
    "https://faß.example": "https://xn--fa-hia.example",
    "https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
    "http://my_intake:8000": "http://my_intake:8000",
    "http://127.0.0.1:8000": "http://127.0.0.1:8000",
    "http://[0:0::1]:8000": "http://[::1]:8000",
}
NONE = [
    *(
        "",
        "clinic.example",
        "//clinic.example",
        "ftp://clinic.example",
        "https://",
        "https:///a",
        "https://.",
        "javascript:1",
    ),
    *(
        "https://a..example",
        "https://jo:secret@clinic.example",
        "https://clinic.example:0",
        "https://clinic.example:99999",
    ),
    *(
        "https://clinic.example:x",
        "https://a b.example",
        "https://a%20b.example",
        "https://☃.example",
        "https://*.example",
    ),
    *("http://[::1", "http://[::::]", "http://[::1]a", "http://a[::1]", "http://[fe80::1%eth0]", "http://[1.2.3.4]"),
    *(
        "http://127.1",
        "http://1",
        "http://0x7f.0.0.1",
        "http://256.0.0.1",
        f"http://{'a' * 64}.example",
        "http://a\xbd.test",
    ),
]


@pytest.mark.parametrize("address", WRITTEN)
def test_an_origin_is_written_as_browsers_write_it(address: str) -> None:
    assert origin(address) == WRITTEN[address]


@pytest.mark.parametrize("address", NONE)
def test_where_no_browser_gets_there_is_no_origin(address: str) -> None:
    with pytest.raises(ValueError, match=CURE):
        origin(address)


@given(st.text() | st.from_regex(r"https?://[a-zß0-9.:\[\]@_-]{1,20}", fullmatch=True))
@example("http://[::1]")
def test_what_is_written_once_stays_so(address: str) -> None:
    try:
        written = origin(address)
    except ValueError:
        return
    assert written.isascii()
    assert origin(written) == written
