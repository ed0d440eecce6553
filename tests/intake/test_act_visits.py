"""The page behind "Mark as contacted": looking changes nothing, the button does, once, and says who and when."""

import html

import httpx
import pytest

from clinic.errors import StoreUnavailable
from intake.act_links import CONTACTED, GOOD_FOR, NOT_SPAM, ActLinks
from tests.intake.stand_ins import SECRETS, ListMarks
from tests.support.clock import SetClock

OURS = "https://enquiries.clinic.example"
RECEIVED_MS = 1_795_428_184_567
BROWSER = {"Accept": "text/html"}


@pytest.fixture
def path(clock: SetClock) -> str:
    return ActLinks(CONTACTED, SECRETS, clock, OURS).url("CFGH3467", RECEIVED_MS).removeprefix(OURS)


async def test_fifty_looks_change_nothing(client: httpx.AsyncClient, marks: ListMarks, path: str) -> None:
    for _ in range(50):
        answer = await client.get(path, headers=BROWSER)
        assert answer.status_code == 200
        assert "Mark as contacted" in answer.text
    assert (await client.head(path)).status_code == 200
    assert marks.marked == {}


async def test_the_button_marks_it_and_a_second_click_says_who_did(
    client: httpx.AsyncClient, marks: ListMarks, clock: SetClock, path: str
) -> None:
    answer = await client.post(path, data={"by": "  Jo at  the desk "}, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert marks.marked == {"CFGH3467": (clock.at, "Jo at the desk")}
    clock.forward(hours=2)
    await client.post(path, data={"by": "Sam"}, headers=BROWSER)
    page = (await client.get(path, headers=BROWSER)).text
    assert "Marked as contacted by Jo at the desk on Monday 23 November at 10:03am." in page
    assert "Mark as contacted" not in page


async def test_a_mark_that_was_a_mistake_is_taken_back_by_somebody_with_a_name(
    client: httpx.AsyncClient, marks: ListMarks, clock: SetClock, path: str
) -> None:
    await client.post(path, data={"by": "Jo"}, headers=BROWSER)
    page = (await client.get(path, headers=BROWSER)).text
    assert f'action="{path}/reopen"' in page
    nameless = await client.post(f"{path}/reopen", data={"by": " "}, headers=BROWSER)
    assert (nameless.status_code, "Enter your name or initials" in nameless.text) == (422, True)
    assert "CFGH3467" in marks.marked
    clock.forward(hours=1)
    answer = await client.post(f"{path}/reopen", data={"by": "Sam"}, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert marks.marked == {}
    page = (await client.get(path, headers=BROWSER)).text
    assert "Not contacted after all, said Sam on Monday 23 November at 11:03am." in page
    assert "Mark as contacted" in page
    await client.post(path, data={"by": "Jo"}, headers=BROWSER)
    assert "Marked as contacted by Jo" in (await client.get(path, headers=BROWSER)).text


async def test_where_nobody_can_read_any_more_who_pressed_it_the_page_says_when(
    client: httpx.AsyncClient, marks: ListMarks, clock: SetClock, path: str, aside: str
) -> None:
    marks.marked["CFGH3467"] = (clock.at, None)
    page = (await client.get(path, headers=BROWSER)).text
    assert "Marked as contacted on Monday 23 November at 10:03am." in page
    marks.taken_back["CFGH3467"] = marks.marked.pop("CFGH3467")
    page = (await client.get(path, headers=BROWSER)).text
    assert "Not contacted after all, on Monday 23 November at 10:03am." in page
    marks.freed["CFGH3467"] = (clock.at, None)
    marks.aside.clear()
    page = (await client.get(aside, headers=BROWSER)).text
    assert "Released on Monday 23 November at 10:03am." in page


async def test_looking_takes_nothing_back(client: httpx.AsyncClient, marks: ListMarks, path: str) -> None:
    await client.post(path, data={"by": "Jo"}, headers=BROWSER)
    for _ in range(50):
        assert (await client.get(path, headers=BROWSER)).status_code == 200
        assert (await client.get(f"{path}/reopen", headers=BROWSER)).status_code == 405
    assert "CFGH3467" in marks.marked


@pytest.mark.parametrize("by", ["", " ", "\u3164", "x" * 41, "a\u202eb"])
async def test_who_marks_it_has_a_name(client: httpx.AsyncClient, marks: ListMarks, path: str, by: str) -> None:
    answer = await client.post(path, data={"by": by}, headers=BROWSER)
    assert answer.status_code == 422
    assert "Enter your name or initials" in answer.text
    assert marks.marked == {}


async def test_a_name_is_shown_inert(client: httpx.AsyncClient, path: str) -> None:
    await client.post(path, data={"by": "<b>Jo</b>"}, headers=BROWSER)
    assert "&lt;b&gt;Jo&lt;/b&gt;" in (await client.get(path)).text


async def test_links_say_nothing_of_a_person_and_are_told_to_nobody(client: httpx.AsyncClient, path: str) -> None:
    reference, received_ms, _ = path.removeprefix("/contacted/").split(".")
    assert (reference, received_ms) == ("CFGH3467", str(RECEIVED_MS))
    answer = await client.get(path)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "change", [lambda path: path[:-1] + "-", lambda path: path.replace("CFGH", "CFGJ"), lambda _: "/contacted/x"]
)
async def test_a_forged_link_leads_nowhere(
    client: httpx.AsyncClient, marks: ListMarks, path: str, change: object
) -> None:
    forged = change(path)  # type: ignore[operator]  # a function of the path
    assert (await client.get(forged)).status_code == 404
    assert (await client.post(forged, data={"by": "Jo"})).status_code == 404
    assert (await client.post(f"{forged}/reopen", data={"by": "Jo"})).status_code == 404
    assert marks.marked == {}


async def test_a_link_for_another_purpose_leads_nowhere(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path.replace("/contacted/", "/enquiries/"))).status_code == 404


async def test_staff_with_a_link_that_does_not_hold_are_told_where_to_look(
    client: httpx.AsyncClient, marks: ListMarks, clock: SetClock, path: str, aside: str
) -> None:
    marks.known.clear()
    answers = [await client.post(path, data={"by": "Jo"}, headers=BROWSER)]
    clock.forward(days=GOOD_FOR.days + 1)
    answers += [await client.get(old, headers=BROWSER) for old in (path, aside, path[:-5])]
    for answer in answers:
        assert answer.status_code == 404
        assert f"older than {GOOD_FOR.days} days, or the enquiry was erased. Look for the reference" in answer.text
        assert "If you sent an enquiry" not in answer.text


async def test_an_erased_enquiry_and_a_store_that_is_away_are_told(
    client: httpx.AsyncClient, marks: ListMarks, path: str
) -> None:
    marks.known.clear()
    assert (await client.post(path, data={"by": "Jo"}, headers=BROWSER)).status_code == 404
    marks.fault = StoreUnavailable("away")
    for answer in (
        await client.get(path, headers=BROWSER),
        await client.post(path, data={"by": "Jo"}, headers=BROWSER),
        await client.post(f"{path}/reopen", data={"by": "Jo"}, headers=BROWSER),
    ):
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "look again in a minute: the page shows what was done" in html.unescape(answer.text)
        assert "We can't take your enquiry" not in html.unescape(answer.text)
        assert "999" not in answer.text
        assert "Nothing was marked" not in answer.text


@pytest.fixture
def aside(clock: SetClock) -> str:
    return ActLinks(NOT_SPAM, SECRETS, clock, OURS).url("CFGH3467", RECEIVED_MS).removeprefix(OURS)


async def test_fifty_looks_release_nothing(client: httpx.AsyncClient, marks: ListMarks, aside: str) -> None:
    for _ in range(50):
        assert "Not spam</button>" in (await client.get(aside, headers=BROWSER)).text
    assert marks.aside == {"CFGH3467"}


async def test_not_spam_releases_it_once_and_says_who_did(
    client: httpx.AsyncClient, marks: ListMarks, aside: str
) -> None:
    answer = await client.post(aside, data={"by": ""}, headers=BROWSER)
    assert (answer.status_code, marks.freed) == (422, {})
    answer = await client.post(aside, data={"by": "Jo"}, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, aside)
    await client.post(aside, data={"by": "Sam"}, headers=BROWSER)
    page = (await client.get(aside, headers=BROWSER)).text
    assert "Released by Jo on Monday 23 November at 10:03am." in page
    assert "<button" not in page


async def test_what_was_released_elsewhere_is_told(client: httpx.AsyncClient, marks: ListMarks, aside: str) -> None:
    marks.aside.clear()
    assert "is no longer set aside" in (await client.get(aside, headers=BROWSER)).text


async def test_a_link_acts_for_its_own_purpose_only(
    client: httpx.AsyncClient, marks: ListMarks, path: str, aside: str
) -> None:
    for wrong in (path.replace("/contacted/", "/not-spam/"), aside.replace("/not-spam/", "/contacted/")):
        assert (await client.get(wrong)).status_code == 404
        assert (await client.post(wrong, data={"by": "Jo"})).status_code == 404
    assert (marks.marked, marks.freed) == ({}, {})


async def test_nothing_is_released_while_the_store_is_away(
    client: httpx.AsyncClient, marks: ListMarks, aside: str
) -> None:
    marks.fault = StoreUnavailable("away")
    assert (await client.get(aside, headers=BROWSER)).status_code == 503
    assert (await client.post(aside, data={"by": "Jo"}, headers=BROWSER)).status_code == 503
