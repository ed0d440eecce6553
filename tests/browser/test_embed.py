"""The form in a website of another origin: it appears, is sent, what it answers is seen; and else there is a link."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, ViewportSize, expect

from clinic.facts import read_facts
from clinic.settings import ROOT
from ops.website.pages import website
from tests.support.clock import SetClock
from tests.support.processes import NO_LIMITS, SECRET, intake
from tests.support.valkey import Valkey

PAGE = "/conditions/sacro-iliac-joint-pain"
PHONE, DESKTOP = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)
STICKY_HEIGHT = 72
STICKY = f"""header {{ position: sticky; top: 0; height: {STICKY_HEIGHT}px; box-sizing: border-box; overflow: hidden;
background: Canvas }}"""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve one website under two origins, of which the intake knows the first."""
    folder = tmp_path_factory.mktemp("embedded")
    valkey = Valkey(folder)
    valkey.start()
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    known, stranger = (f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners)
    environment = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "WEBSITES": known, **NO_LIMITS}
    process, url = intake(folder, environment)
    app = website(read_facts(ROOT / "clinic.toml"), SetClock(), url)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=[listeners])
    thread.start()
    yield known, stranger
    server.should_exit = True
    thread.join()
    process.stop()
    valkey.remove()


def embedded(on: Page, site: str) -> FrameLocator:
    """Open the page of a website with a sticky header, and return the form in it once it has its height."""
    on.goto(site + PAGE)
    on.add_style_tag(content=STICKY)
    on.wait_for_function("document.querySelector('iframe').clientHeight > 800")
    return on.frame_locator("iframe")


def focused(on: Page) -> str:
    """Return which element of the website has the focus."""
    name: str = on.evaluate("document.activeElement.tagName")
    return name


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_confirmation_comes_into_view_and_the_frame_shrinks_to_it(
    browser: Browser, sites: tuple[str, str], size: ViewportSize
) -> None:
    on = browser.new_page(viewport=size)
    frame = embedded(on, sites[0])
    form_height = on.evaluate("document.querySelector('iframe').clientHeight")
    frame.get_by_label("Your name").fill("Sam")
    frame.get_by_label("Email address").fill("sam@example.org")
    frame.get_by_label("How can we help?").fill("My back hurts.")
    frame.get_by_role("button", name="Send enquiry").click()
    title = frame.get_by_role("heading", name="Enquiry received")
    expect(title).to_be_in_viewport(ratio=1)
    expect(frame.locator(".reference")).to_be_in_viewport(ratio=1)
    expect(title).to_be_focused()
    assert title.bounding_box()["y"] >= STICKY_HEIGHT  # type: ignore[index]  # it is in view
    content = frame.locator("html").evaluate("element => element.offsetHeight")
    on.wait_for_function("most => document.querySelector('iframe').clientHeight <= most", arg=content + 1)
    assert content < form_height - 300
    on.close()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_what_is_wrong_comes_into_view_and_has_the_focus(
    browser: Browser, sites: tuple[str, str], size: ViewportSize
) -> None:
    on = browser.new_page(viewport=size)
    said: list[str] = []
    on.on("console", lambda message: said.append(message.text))
    frame = embedded(on, sites[0])
    frame.get_by_role("button", name="Send enquiry").click()
    summary = frame.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_in_viewport(ratio=1)
    expect(summary).to_be_focused()
    assert focused(on) == "IFRAME"
    assert summary.bounding_box()["y"] >= STICKY_HEIGHT  # type: ignore[index]  # it is in view
    frame.get_by_role("link", name="Tell us what you would like help with").click()
    expect(frame.get_by_label("How can we help?")).to_be_focused()
    expect(frame.get_by_label("How can we help?")).to_be_in_viewport(ratio=1)
    assert not [text for text in said if "autofocus" in text]
    on.close()


def test_a_form_that_appears_takes_neither_the_focus_nor_the_page(browser: Browser, sites: tuple[str, str]) -> None:
    on = browser.new_page(viewport=PHONE)
    embedded(on, sites[0])
    on.wait_for_timeout(500)
    assert focused(on) == "BODY"
    assert on.evaluate("scrollY") == 0
    on.close()


def test_the_form_appears_in_the_page_and_is_answered_there(browser: Browser, sites: tuple[str, str]) -> None:
    on = browser.new_page(viewport={"width": 320, "height": 640})
    on.goto(sites[0] + PAGE)
    frame = on.frame_locator("iframe[title='Appointment enquiry']")
    frame.get_by_label("Your name").fill("Sam")
    frame.get_by_label("Email address").fill("sam@example.org")
    on.wait_for_function("document.querySelector('iframe').clientHeight > 800")
    assert not on.get_by_role("link", name="Send us an appointment enquiry").is_visible()
    assert on.evaluate("document.documentElement.scrollWidth") <= 320
    frame.get_by_role("button", name="Send enquiry").click()
    frame.get_by_text("There is a problem").wait_for()
    frame.get_by_label("How can we help?").fill("My back hurts.")
    frame.get_by_role("button", name="Send enquiry").click()
    frame.get_by_text("Enquiry received").wait_for()
    assert on.url == sites[0] + PAGE
    assert Axe().run(on).violations_count == 0
    on.close()


def test_what_is_too_long_is_told_in_the_frame(browser: Browser, sites: tuple[str, str]) -> None:
    on = browser.new_page(viewport=PHONE)
    frame = embedded(on, sites[0])
    frame.get_by_label("How can we help?").fill("It hurts. " * 4_000)
    frame.get_by_role("button", name="Send enquiry").click()
    expect(frame.get_by_role("heading", name="What you sent is too long")).to_be_in_viewport()
    expect(frame.get_by_role("heading", name="What you sent is too long")).to_be_focused()
    on.close()


def test_the_form_speaks_the_language_of_the_page(browser: Browser, sites: tuple[str, str]) -> None:
    on = browser.new_page()
    on.add_init_script("document.addEventListener('readystatechange', () => document.documentElement.lang = 'cy-GB')")
    on.goto(sites[0] + PAGE)
    on.frame_locator("iframe[title='Ymholiad am apwyntiad']").get_by_label("Eich enw").wait_for()
    on.close()


def test_a_website_that_nobody_named_has_a_link_to_the_form(browser: Browser, sites: tuple[str, str]) -> None:
    on = browser.new_page()
    on.goto(sites[1] + PAGE)
    link = on.get_by_role("link", name="Send us an appointment enquiry")
    link.wait_for()
    on.wait_for_timeout(500)
    assert link.is_visible()
    assert on.evaluate("document.querySelector('iframe').clientHeight") == 0
    link.click()
    on.get_by_label("Your name").wait_for()
    on.close()


def test_a_form_of_the_website_s_own_leads_to_the_confirmation(browser: Browser, sites: tuple[str, str]) -> None:
    on = browser.new_page(java_script_enabled=False)
    on.goto(sites[0] + "/opening-hours")
    on.get_by_label("Your name").fill("Sam")
    on.get_by_label("Email address").fill("sam@example.org")
    on.get_by_label("How can we help?").fill("My back hurts.")
    on.get_by_role("button", name="Send enquiry").click()
    on.get_by_text("Enquiry received").wait_for()
    on.close()


def test_everybody_can_read_the_website(browser: Browser, sites: tuple[str, str]) -> None:
    for scheme in ("light", "dark"):
        on = browser.new_page(color_scheme=scheme)
        for path in ("/", PAGE, "/opening-hours"):
            on.goto(sites[0] + path)
            found = Axe().run(on)
            assert found.violations_count == 0, found.generate_report()
        on.close()
