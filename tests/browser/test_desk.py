"""A receptionist at the desk: signs in, finds, marks; the list keeps itself up to date; and everybody can use it."""

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from intake.desk.accounts import account_line
from tests.browser.test_form import NARROW, RULES, WIDE, page
from tests.support.processes import NO_LIMITS, SECRET, intake
from tests.support.valkey import Valkey

PASSWORD = "correct horse battery"
# The stream says something every two seconds.
HEARD_THRICE = """() => new Promise((heard) => {
  const changes = new EventSource("/desk/changes");
  let times = 0;
  changes.onmessage = () => ++times === 3 && (changes.close(), heard());
})"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run an intake with a desk, and return its address."""
    folder = tmp_path_factory.mktemp("desk")
    valkey = Valkey(folder)
    valkey.start()
    users = folder / "users"
    users.write_text(account_line("jo", PASSWORD))
    settings = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "DESK_USERS": str(users), **NO_LIMITS}
    process, url = intake(folder, {**settings, "LIMIT_LOGINS": "1000 per minute"})
    yield url
    process.stop()
    valkey.remove()


def send(url: str, name: str) -> str:
    """Send an enquiry, and return its reference as it is shown."""
    sent = httpx.post(f"{url}/enquiries", json={"name": name, "email": "sam@example.org", "message": "It hurts.\n<b>"})
    reference: str = sent.json()["reference"]
    return f"{reference[:4]} {reference[4:]}"


def sign_in(on: Page, url: str) -> None:
    on.goto(f"{url}/desk")
    enter(on)
    on.get_by_role("heading", name="To be answered").wait_for()


def enter(on: Page) -> None:
    """Fill the login in and send it."""
    on.get_by_label("Name").fill("jo")
    on.get_by_label("Password").fill(PASSWORD)
    on.get_by_role("button", name="Sign in").click()


def test_a_receptionist_finds_an_enquiry_and_marks_it(browser: Browser, desk: str) -> None:
    reference = send(desk, "Sam Okafor")
    with page(browser, java_script_enabled=False) as on:
        sign_in(on, desk)
        on.get_by_label("Reference").fill(reference.lower())
        on.get_by_role("button", name="Find").click()
        on.get_by_role("heading", name=f"Enquiry {reference}").wait_for()
        on.get_by_label("Note").fill("Rang, left voicemail")
        on.get_by_role("button", name="Add a note").click()
        on.get_by_text("noted by jo: Rang, left voicemail").wait_for()
        on.get_by_label("Note").fill("Rang, will come on Friday")
        on.get_by_role("button", name="Mark as contacted").click()
        on.get_by_text("contacted by jo: Rang, will come on Friday").wait_for()
        on.get_by_role("button", name="Not contacted after all").click()
        on.get_by_text("reopened by jo").wait_for()
        on.get_by_role("button", name="Mark as contacted").click()
        on.goto(f"{desk}/desk?view=contacted")
        on.get_by_role("link", name=reference).wait_for()
        on.get_by_role("button", name="Sign out").click()
        on.get_by_role("heading", name="Sign in").wait_for()


def test_who_searches_for_what_is_no_reference_is_told_so_at_the_field(browser: Browser, desk: str) -> None:
    with page(browser) as on:
        sign_in(on, desk)
        on.get_by_label("Reference").fill("Okafor")
        on.keyboard.press("Enter")
        on.get_by_text('"Okafor" is not a reference.').wait_for()
        looked_at(on, WIDE)
        # She may well type a name, and addresses stand in logs.
        assert on.url == f"{desk}/desk"
        assert on.title().startswith("Error: ")
        assert on.evaluate("document.activeElement.id") == "reference"
        described = on.get_by_label("Reference").get_attribute("aria-describedby")
        assert "is not a reference" in on.locator(f"#{described}").inner_text()
        on.get_by_role("link", name=send(desk, "Came After the Search")).wait_for(timeout=10_000)


def test_a_note_outlives_the_session_in_which_it_was_typed(browser: Browser, desk: str) -> None:
    reference = send(desk, "Sam Okafor")
    with page(browser, viewport=NARROW) as on:
        sign_in(on, desk)
        on.get_by_role("link", name=reference).click()
        on.get_by_label("Note").fill("Left voicemail\ntry again")
        on.context.clear_cookies()
        on.get_by_role("button", name="Mark as contacted").click()
        on.get_by_role("heading", name="Nothing was saved").wait_for()
        looked_at(on, NARROW)
        enter(on)
        on.get_by_text("Nothing was saved, as you were signed out.").wait_for()
        assert on.get_by_label("Note").input_value() == "Left voicemail\ntry again"
        on.get_by_role("button", name="Mark as contacted").click()
        on.get_by_text("contacted by jo: Left voicemail").wait_for()


def test_the_list_shows_what_comes_in_without_being_asked(browser: Browser, desk: str) -> None:
    with page(browser) as on:
        said: list[str] = []
        on.on("console", lambda message: said.append(message.text))
        sign_in(on, desk)
        on.get_by_role("link", name=send(desk, "Came Later")).wait_for(timeout=10_000)
        assert not said


def test_the_list_that_is_shown_anew_leaves_the_keyboard_where_it_was(browser: Browser, desk: str) -> None:
    reference = send(desk, "Came First")
    with page(browser) as on:
        sign_in(on, desk)
        on.get_by_role("link", name=reference).focus()
        on.get_by_role("link", name=send(desk, "Came Later")).wait_for(timeout=10_000)
        assert on.evaluate("document.activeElement.textContent") == reference
        # Once only: who comes back later begins at the top.
        assert on.evaluate("sessionStorage.length") == 0


def refuse(on: Page) -> None:
    """Have a proxy answer for an intake that restarts, whenever the list asks for changes."""
    on.route("**/desk/changes", lambda route: route.fulfill(status=502))


def test_the_list_goes_on_after_a_proxy_has_answered_for_an_intake_that_restarts(browser: Browser, desk: str) -> None:
    with page(browser) as on:
        refuse(on)
        with on.expect_response("**/desk/changes"):
            sign_in(on, desk)
        on.unroute("**/desk/changes")
        on.get_by_role("link", name=send(desk, "Came After")).wait_for(timeout=15_000)


def test_a_list_whose_session_is_over_leads_to_the_login_and_back(browser: Browser, desk: str) -> None:
    with page(browser) as on:
        sign_in(on, desk)
        refuse(on)
        with on.expect_response("**/desk/changes"):
            on.goto(f"{desk}/desk?view=contacted")
        on.context.clear_cookies()
        on.get_by_role("heading", name="Sign in").wait_for(timeout=15_000)
        enter(on)
        on.wait_for_url("**/desk?view=contacted")


def test_a_cursor_that_rests_in_the_search_does_not_hold_the_list_up_and_what_is_typed_does(
    browser: Browser, desk: str
) -> None:
    with page(browser) as on:
        sign_in(on, desk)
        on.get_by_label("Reference").focus()
        on.get_by_role("link", name=send(desk, "Came Meanwhile")).wait_for(timeout=10_000)
        on.get_by_label("Reference").fill("CFGH")
        send(desk, "Came While Typing")
        # By the third time that another listener hears of it the page has, even if it had to come back meanwhile.
        on.evaluate(HEARD_THRICE)
        assert on.get_by_label("Reference").input_value() == "CFGH"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(browser: Browser, desk: str, scheme: str, size: dict[str, int]) -> None:
    reference = send(desk, "Zoë O'Brien-Ní Dhomhnaill")
    with page(browser, viewport=size, color_scheme=scheme) as on:
        on.goto(f"{desk}/desk/login")
        looked_at(on, size)
        sign_in(on, desk)
        looked_at(on, size)
        on.get_by_role("link", name=reference).click()
        on.get_by_text("Erase what the patient wrote").click()
        looked_at(on, size)
        on.get_by_role("button", name="Mark as contacted").click()
        on.get_by_text("Contacted.", exact=True).wait_for()
        looked_at(on, size)
        on.goto(f"{desk}/desk/report")
        looked_at(on, size)


def test_text_of_twice_the_size_is_read_without_scrolling_aside_or_word_by_word(browser: Browser, desk: str) -> None:
    reference = send(desk, "Sam Okafor")
    with page(browser, viewport={"width": 390, "height": 844}) as on:
        sign_in(on, desk)
        on.evaluate("document.documentElement.style.fontSize = '200%'")
        assert on.locator(".scroll").evaluate("element => element.scrollWidth <= element.clientWidth")
        on.get_by_role("link", name=reference).click()
        on.evaluate("document.documentElement.style.fontSize = '200%'")
        widths = on.locator("dd").evaluate_all("all => all.map(one => one.clientWidth)")
        assert widths
        assert min(widths) > 300


def test_the_chart_of_a_first_week_is_no_larger_than_that_of_eight(browser: Browser, desk: str) -> None:
    send(desk, "Sam Okafor")
    with page(browser, viewport=WIDE) as on:
        sign_in(on, desk)
        on.get_by_role("link", name="Replies on time").click()
        box = on.get_by_role("img", name="Answered in time by week").bounding_box()
        assert box
        assert box["height"] < 300


def looked_at(on: Page, size: dict[str, int]) -> None:
    found = Axe().run(on, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert on.evaluate("document.documentElement.scrollWidth") <= size["width"]
