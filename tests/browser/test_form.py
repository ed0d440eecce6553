"""The form in a browser: for everybody, on every screen, with and without JavaScript, and never sent twice."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from redis import Redis

from clinic.clock import WallClock, milliseconds
from intake.act_links import CONTACTED, NOT_SPAM, ActLinks
from intake.door import TRAP
from tests.support.processes import SECRET
from tests.support.valkey import Client, Valkey

Served = tuple[str, Valkey]
ZOE = {"name": "Zoë", "email": "zoe@example.org", "message": "It hurts."}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


@contextmanager
def page(browser: Browser, **how: Any) -> Iterator[Page]:  # noqa: ANN401 - the options of a browser's context
    context = browser.new_context(**how)
    try:
        yield context.new_page()
    finally:
        context.close()


def stored(served: Served) -> int:
    """Return how many enquiries there are."""
    redis: Client = Redis(unix_socket_path=str(served[1].socket))
    count = len(redis.keys("enquiry:*"))
    redis.close()
    return count


def fill(on: Page) -> None:
    on.get_by_label("Your name").fill("Zoë O'Brien-Ní Dhomhnaill")
    on.get_by_label("Email address").fill("zoe@example.org")
    on.get_by_label("How can we help?").fill("My knee hurts on stairs.")


def empty(on: Page, url: str) -> None:
    on.goto(f"{url}/enquiry/sacro-iliac-joint-pain")


def faulty(on: Page, url: str) -> None:
    on.goto(url)
    on.get_by_label("Email address").fill("nobody")
    on.get_by_role("button", name="Send enquiry").click()
    on.get_by_text("There is a problem").wait_for()


def confirmed(on: Page, url: str) -> None:
    on.goto(url)
    fill(on)
    on.get_by_role("button", name="Send enquiry").click()
    on.get_by_text("Nothing is booked yet").wait_for()


def missing(on: Page, url: str) -> None:
    on.goto(f"{url}/nowhere")


def in_welsh(on: Page, url: str) -> None:
    on.goto(f"{url}/en/enquiry/neck-pain")
    on.get_by_role("link", name="Cymraeg").click()
    on.get_by_role("button", name="Anfon yr ymholiad").click()
    on.get_by_text("Mae problem").wait_for()


def link_of(url: str) -> str:
    """Return a link of one of reception's mails."""
    sent = httpx.post(f"{url}/enquiries", json=ZOE)
    received_ms = milliseconds(datetime.fromisoformat(sent.json()["received_at"]))
    return ActLinks(CONTACTED, [SECRET], WallClock(), url).url(sent.json()["reference"], received_ms)


def nameless(on: Page, url: str) -> None:
    on.goto(link_of(url))
    on.get_by_role("button", name="Mark as contacted").click()
    on.get_by_text("Enter your name or initials").wait_for()


def contacted(on: Page, url: str) -> None:
    on.goto(link_of(url))
    on.get_by_label("Your name or initials").fill("Jo at the desk")
    on.get_by_role("button", name="Mark as contacted").click()
    on.get_by_text("Marked as contacted by Jo at the desk").wait_for()
    on.reload()
    on.get_by_text("Marked as contacted by Jo at the desk").wait_for()


def docs(on: Page, url: str) -> None:
    on.goto(f"{url}/docs")


def not_spam(on: Page, url: str) -> None:
    nonce = httpx.get(url).text.split('name="nonce" value="')[1].split('"')[0]
    sent = httpx.post(f"{url}/enquiries", data={**ZOE, "nonce": nonce, TRAP: "1234"})
    reference, received_ms, *_ = sent.headers["location"].rpartition("/")[2].split(".")
    on.goto(ActLinks(NOT_SPAM, [SECRET], WallClock(), url).url(reference, int(received_ms)))
    on.get_by_role("button", name="Not spam").wait_for()


def unreleased(on: Page, url: str) -> None:
    not_spam(on, url)
    on.get_by_role("button", name="Not spam").click()
    on.get_by_text("Enter your name or initials").wait_for()


STATES = [empty, faulty, confirmed, missing, in_welsh, nameless, contacted, not_spam, docs]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_everybody_can_read_and_use_it(
    browser: Browser, served: Served, state: Callable[[Page, str], None], scheme: str, size: dict[str, int]
) -> None:
    with page(browser, viewport=size, color_scheme=scheme) as on:
        state(on, served[0])
        found = Axe().run(on, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert on.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_faults_are_told_first_and_lead_to_their_fields(browser: Browser, served: Served) -> None:
    with page(browser) as on:
        faulty(on, served[0])
        assert on.evaluate("document.activeElement.id") == "problems"
        assert on.title().startswith("Error: ")
        on.get_by_role("link", name="Enter an email address").click()
        assert on.evaluate("document.activeElement.id") == "email"
        assert on.get_by_label("Email address").input_value() == "nobody"
        described = (on.get_by_label("Email address").get_attribute("aria-describedby") or "").split()
        assert "Enter an email address" in on.locator(f"#{described[-1]}").inner_text()


@pytest.mark.parametrize("state", [nameless, unreleased])
def test_who_gives_no_name_is_told_so_at_its_field(
    browser: Browser, served: Served, state: Callable[[Page, str], None]
) -> None:
    with page(browser) as on:
        state(on, served[0])
        assert on.title().startswith("Error: ")
        assert on.evaluate("document.activeElement.id") == "by"
        on.get_by_label("Your name or initials").fill("J" * 41)
        on.keyboard.press("Enter")
        on.get_by_text("Enter your name or initials, up to 40 characters").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_reload_or_back_sends_nothing_twice(browser: Browser, served: Served, *, javascript: bool) -> None:
    with page(browser, java_script_enabled=javascript) as on:
        on.goto(served[0])
        before = stored(served)
        fill(on)
        time.sleep(2.1)  # a person is not faster
        on.get_by_role("button", name="Send enquiry").click()
        on.wait_for_url("**/enquiries/**")
        reference = re.findall(r"\b[A-Z0-9]{4} [A-Z0-9]{4}\b", on.locator("main").inner_text())[0]
        on.reload()
        assert reference in on.content()
        on.go_back()
        on.go_forward()
        assert reference in on.content()
        assert stored(served) == before + 1


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_who_goes_back_and_sends_it_again_is_told_that_we_have_it(
    browser: Browser, served: Served, *, javascript: bool
) -> None:
    with page(browser, java_script_enabled=javascript) as on:
        on.goto(f"{served[0]}/enquiry/knee-pain")
        before = stored(served)
        fill(on)
        for _ in range(2):
            on.get_by_role("button", name="Send enquiry").click()
            on.wait_for_url("**/enquiries/**")
            on.go_back()
        assert stored(served) == before + 1
        on.get_by_label("How can we help?").fill("My neck hurts, too.")
        on.get_by_role("button", name="Send enquiry").click()
        on.get_by_text("You sent this form before, and we have that enquiry.").wait_for()
        assert stored(served) == before + 1
        on.get_by_role("button", name="Send enquiry").click()
        on.wait_for_url("**/enquiries/**")
        assert stored(served) == before + 2


def test_who_wrote_far_too_much_is_sent_back_to_what_they_wrote(browser: Browser, served: Served) -> None:
    with page(browser) as on:
        on.goto(f"{served[0]}/enquiry/knee-pain")
        fill(on)
        on.get_by_label("How can we help?").fill("It hurts. " * 4_000)
        on.get_by_role("button", name="Send enquiry").click()
        on.get_by_text("Go back, shorten your message and send the enquiry again.").wait_for(timeout=5_000)
        on.go_back()
        assert on.get_by_label("How can we help?").input_value() == "It hurts. " * 4_000


def test_a_keyboard_is_enough(browser: Browser, served: Served) -> None:
    with page(browser) as on:
        on.goto(served[0])
        before = stored(served)
        on.get_by_label("Your name").focus()
        typed = {"name": "X", "email": "x@example.org", "message": "Help"}
        visited: list[str] = []
        for _ in range(12):
            current = on.evaluate("document.activeElement.name || document.activeElement.type")
            visited.append(current)
            if current in typed:
                on.keyboard.type(typed[current])
            if current == "submit":
                on.keyboard.press("Enter")
                break
            on.keyboard.press("Tab")
        on.wait_for_url("**/enquiries/**")
        assert visited[:3] == ["name", "email", "phone"]
        assert "fax" not in visited
        assert stored(served) == before + 1


def test_nothing_is_asked_of_anybody_else(browser: Browser, served: Served) -> None:
    asked: set[str] = set()
    with page(browser) as on:
        on.on("request", lambda request: asked.add(request.url))
        for state in STATES:
            state(on, served[0])
        assert on.context.cookies() == []
    assert asked
    assert all(url.startswith(served[0]) for url in asked)


def test_the_notice_the_hours_and_the_promise_stand_above_the_form(browser: Browser, served: Served) -> None:
    with page(browser) as on:
        empty(on, served[0])
        text = on.locator("main").inner_text()
        for told in ("does not book an appointment", "Our hours today:", "We will contact you by", "999", "111"):
            assert told in text
            assert text.index(told) < text.index("Your name")
