"""References are read out on the telephone."""

from clinic.reference import ALPHABET, LENGTH, new_reference, parse_reference, spaced


def test_reference_has_no_vowels_and_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOU0OQD1IL2Z5S8B")
    assert all(len(new_reference()) == LENGTH and set(new_reference()) <= set(ALPHABET) for _ in range(1000))


def test_reference_typed_by_a_person_is_understood() -> None:
    assert parse_reference(" cfgh-3467 ") == "CFGH3467"
    assert parse_reference(spaced("CFGH3467")) == "CFGH3467"


def test_what_is_no_reference_is_refused() -> None:
    assert parse_reference("CFGH346") is None
    assert parse_reference("AEIOU000") is None
