"""Sealing keeps a record from whoever holds the store but no secret."""

import pytest

from clinic.errors import SealBroken
from clinic.seal import Blinder, Mac, Seal

OLD, NEW = "o" * 32, "n" * 32


def test_sealed_record_opens_under_its_reference_only() -> None:
    sealed = Seal([NEW]).close(b"plain", "CFGH3467")
    assert Seal([NEW]).open(sealed, "CFGH3467") == b"plain"
    with pytest.raises(SealBroken, match="another reference"):
        Seal([NEW]).open(sealed, "CFGH3469")


def test_changed_record_does_not_open() -> None:
    sealed = bytearray(Seal([NEW]).close(b"plain", "CFGH3467"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        Seal([NEW]).open(bytes(sealed), "CFGH3467")


def test_plain_text_is_not_in_the_sealed_record() -> None:
    assert b"plain" not in Seal([NEW]).close(b"plain", "CFGH3467")


def test_old_records_open_after_rotation_and_new_ones_take_the_new_secret() -> None:
    before = Seal([OLD]).close(b"plain", "CFGH3467")
    rotated = Seal([NEW, OLD])
    assert rotated.open(before, "CFGH3467") == b"plain"
    assert Seal([NEW]).open(rotated.close(b"plain", "CFGH3467"), "CFGH3467") == b"plain"


def test_a_secret_that_all_were_given_as_an_old_one_may_become_the_newest_one_process_after_the_other() -> None:
    told, changed = Seal([OLD, NEW]), Seal([NEW, OLD])
    assert told.open(changed.close(b"plain", "CFGH3467"), "CFGH3467") == b"plain"
    assert changed.open(told.close(b"plain", "CFGH3467"), "CFGH3467") == b"plain"


def test_record_of_a_lost_secret_says_where_to_put_it() -> None:
    with pytest.raises(SealBroken, match="FRONTDESK_OLD_SECRETS"):
        Seal([NEW]).open(Seal([OLD]).close(b"plain", "CFGH3467"), "CFGH3467")


def test_blinded_value_is_the_same_for_one_purpose_and_different_for_another() -> None:
    assert Blinder(NEW, "limits").blind(b"a@b.test") == Blinder(NEW, "limits").blind(b"a@b.test")
    assert Blinder(NEW, "limits").blind(b"a@b.test") != Blinder(NEW, "keys").blind(b"a@b.test")
    assert Blinder(NEW, "limits").blind(b"a@b.test") != Blinder(OLD, "limits").blind(b"a@b.test")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ],
)
def test_a_mac_is_that_of_the_standard_time_after_time(key: bytes, value: bytes, expected: str) -> None:
    """The first two test cases of RFC 4231."""
    mac = Mac(key)
    assert [mac.of(value).hex() for _ in range(2)] == [expected] * 2
