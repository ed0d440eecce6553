"""The head of a request says what comes with it, and what is wanted back."""

import pytest

from intake.head import Head, is_key

FORM = (b"content-type", b"application/x-www-form-urlencoded")
JSON = (b"content-type", b"application/json")


def head(*headers: tuple[bytes, bytes]) -> Head:
    return Head.of({"type": "http", "headers": list(headers)})


@pytest.mark.parametrize(
    "value",
    [b"application/json", b"Application/JSON", b"application/json; charset=utf-8", b'application/json;charset="UTF-8"'],
)
def test_json_is_json_by_any_spelling(value: bytes) -> None:
    assert head((b"content-type", value)).media() == "json"


@pytest.mark.parametrize(
    ("accept", "kind", "page"),
    [
        (None, FORM, True),
        (b"*/*", FORM, True),
        (b"text/html", FORM, True),
        (b"text/html,application/xhtml+xml,*/*;q=0.8", FORM, True),
        (b"application/json", FORM, False),
        (b"application/json, text/html;q=0.5", FORM, False),
        (b"application/problem+json, text/html;q=0.5", FORM, False),
        (b"text/html, application/json;q=0.9", FORM, True),
        (b"text/html;q=x, application/json", FORM, False),
        (None, JSON, False),
        (b"*/*", JSON, False),
        (b"text/html", JSON, True),
        (None, (b"content-type", b"text/plain"), False),
    ],
)
def test_a_page_goes_to_browsers_and_forms_and_json_to_programs(
    accept: bytes | None, kind: tuple[bytes, bytes], page: bool
) -> None:
    assert head(kind, *([(b"accept", accept)] if accept else [])).wants_page is page


def test_an_idempotency_key_is_visible_ascii() -> None:
    assert head((b"idempotency-key", b"!~")).idempotency_key() == "!~"
    assert head().idempotency_key() is None
    assert is_key("k" * 255)
    assert not is_key("k" * 256)
