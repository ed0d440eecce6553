"""A browser is known by what only we can write, and for as long as the password that signed in there is the same."""

from datetime import timedelta

from clinic.clock import milliseconds
from intake.desk.browsers import Browsers, cookie_of
from intake.signing import Signed
from tests.intake.stand_ins import SECRETS
from tests.support.clock import SetClock


def test_a_browser_is_known_for_the_name_and_the_password_that_signed_in_there() -> None:
    clock = SetClock()
    browsers = Browsers(SECRETS, clock)
    cookies = {cookie_of("jo"): browsers.new("jo", "edition")}
    assert browsers.known(cookies, "jo", "edition")
    assert browsers.known(cookies, "jo", "another") is None
    assert browsers.known(cookies, "jo", None) is None
    assert browsers.known({cookie_of("sam"): cookies[cookie_of("jo")]}, "sam", "edition") is None
    clock.forward(timedelta(days=91).total_seconds())
    assert browsers.known(cookies, "jo", "edition") is None


def test_whoever_has_the_secret_and_not_the_accounts_can_write_none() -> None:
    clock = SetClock()
    forged = Signed(SECRETS, "desk browser").sign(f"jo.{milliseconds(clock.now())}.guess.0123456789abcdef")
    assert Browsers(SECRETS, clock).known({cookie_of("jo"): forged}, "jo", "edition") is None
