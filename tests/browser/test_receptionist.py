"""A receptionist's day in one story: the alert, its link, the page, the desk, and what follows for one left alone."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Request

from clinic.settings import ROOT
from clinic.store import connect
from intake.desk.accounts import account_line
from tests.browser.test_desk import PASSWORD, sign_in
from tests.browser.test_form import fill, page
from tests.support.clock import pass_time
from tests.support.fleet import free_port
from tests.support.processes import NO_LIMITS, SECRET, Process, intake, worker
from tests.support.valkey import Client, Valkey

MANAGER = "manager@purephysiotherapy.example"
LINK = re.compile(r"http\S+/contacted/\S+")


@dataclass
class Clinic:
    """The whole service, as it runs for a clinic that never closes, with a mail catcher for its relay."""

    url: str
    inbox: str
    valkey: Valkey

    def mails(self, to: str = "") -> list[dict[str, Any]]:
        """Return the mails that arrived, the oldest first."""
        found: list[dict[str, Any]] = httpx.get(f"{self.inbox}/api/messages").json()
        return sorted((one for one in found if to in str(one["to"])), key=lambda one: str(one["received_at"]))

    def subjects(self) -> list[str]:
        """Return the subjects of what urges the clinic, without their times."""
        subjects = [str(one["subject"]) for one in self.mails()]
        return sorted(one.split(",")[0] for one in subjects if one.startswith(("Reminder", "Reply due")))

    def hours_pass(self, hours: float) -> None:
        """Let what is due in so many hours be due now."""

        async def pass_() -> None:
            redis: Client = connect(self.valkey.url)
            await pass_time(redis, hours * 3600)
            await redis.aclose()

        with ThreadPoolExecutor(1) as thread:
            # In a thread of its own: Playwright's event loop runs in this one.
            thread.submit(asyncio.run, pass_()).result()


def until(what: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder: Path = tmp_path_factory.mktemp("clinic")
    valkey = Valkey(folder)
    valkey.start()
    users, facts = folder / "users", folder / "clinic.toml"
    users.write_text(account_line("jo", PASSWORD))
    text = (ROOT / "clinic.toml").read_text(encoding="utf-8")
    text = text.replace('"Mo-Sa 08:00-20:00"', '"24/7"').replace('bank_holidays = "england"', 'bank_holidays = "none"')
    facts.write_text(text.replace("manager = []", f'manager = ["{MANAGER}"]'), encoding="utf-8")
    smtp, web, port = free_port(), free_port(), free_port()
    catcher = Process(
        folder,
        "catcher",
        *("catcher", "--smtp-port", str(smtp), "--inbox-port", str(web), "--data", str(folder / "mail")),
        environment={},
    )
    settings = {
        "REDIS_URL": valkey.url,
        "FRONTDESK_SECRET": SECRET,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "CLINIC_FILE": str(facts),
        "DESK_USERS": str(users),
        "INTAKE_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **NO_LIMITS,
    }
    processes = [catcher, worker(folder, settings)]
    try:
        running, url = intake(folder, settings)
        processes.append(running)
        yield Clinic(url, f"http://127.0.0.1:{web}", valkey)
    finally:
        for process in reversed(processes):
            process.stop()
        valkey.remove()


def test_one_is_answered_and_the_other_is_not_forgotten(browser: Browser, clinic: Clinic) -> None:
    with page(browser) as on:
        for _ in range(2):
            on.goto(f"{clinic.url}/enquiry/neck-pain")
            fill(on)
            # No person is quicker than two seconds; who is, is set aside.
            on.wait_for_timeout(2_100)
            on.get_by_role("button", name="Send enquiry").click()
            on.get_by_text("Nothing is booked yet").wait_for()
        until(lambda: len(clinic.mails(to="reception@")) == 2)
        answered, alone = clinic.mails(to="reception@")
        spaced = [
            match[0]
            for mail in (answered, alone)
            if (match := re.search(r"[A-Z\d]{4} [A-Z\d]{4}", str(mail["subject"])))
        ]

        # She reads the alert, and her mail program has followed its link fifty times before she does.
        on.goto(f"{clinic.inbox}/messages/{answered['id']}")
        match = LINK.search(str(answered["text"]))
        assert match
        for _ in range(50):
            assert httpx.get(match[0], headers={"Accept": "text/html"}).status_code == 200
        sign_in(on, clinic.url)
        for reference in spaced:
            on.get_by_role("link", name=reference).wait_for()

        # Then she presses the button herself.
        on.goto(match[0])
        on.get_by_label("Your name or initials").fill("Jo")
        on.get_by_role("button", name="Mark as contacted").click()
        on.get_by_text("Marked as contacted by Jo").wait_for()
        on.goto(f"{clinic.url}/desk?view=contacted")
        on.get_by_role("link", name=spaced[0]).wait_for()
        on.goto(f"{clinic.url}/desk")
        assert on.get_by_role("link", name=spaced[0]).count() == 0
        on.get_by_role("link", name=spaced[1]).wait_for()

        # Of the other she is reminded once, and then the manager hears of it once.
        clinic.hours_pass(3)
        until(clinic.subjects)
        assert clinic.subjects() == [f"Reminder: enquiry {spaced[1]}"]
        clinic.hours_pass(1)
        until(lambda: len(clinic.subjects()) > 1)
        clinic.hours_pass(24)
        time.sleep(2)
        assert clinic.subjects() == [f"Reminder: enquiry {spaced[1]}", f"Reply due: enquiry {spaced[1]}"]
        assert [str(one["subject"])[:9] for one in clinic.mails(to=MANAGER)] == ["Reply due"]


def test_what_an_attacker_wrote_is_read_and_does_nothing(browser: Browser, clinic: Clinic) -> None:
    typed = {
        "name": "<b onmouseover=alert(1)>Eve</b>",
        "email": "eve@example.org",
        "phone": "01632 960456",
        "contact_by": "either",
    }
    message = "<script>alert(2)</script><img src=x onerror=alert(3)> https://evil.test/win {{ 7*7 }} www.evil.test"
    sent = httpx.post(f"{clinic.url}/enquiries", json={**typed, "message": f"{message} \u202egnp.exe"})
    reference: str = sent.json()["reference"]
    spaced = f"{reference[:4]} {reference[4:]}"

    def alerts() -> list[dict[str, Any]]:
        return [one for one in clinic.mails(to="reception@") if spaced in str(one["subject"])]

    until(alerts)
    with page(browser) as on:
        asked: list[str] = []

        def dismiss(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.dismiss()

        def note(request: Request) -> None:
            if "evil" in request.url:
                asked.append(request.url)

        on.on("dialog", dismiss)
        on.on("request", note)
        sign_in(on, clinic.url)
        for url in (
            f"{clinic.inbox}/messages/{alerts()[0]['id']}/html",
            f"{clinic.url}/desk",
            f"{clinic.url}/desk/{reference}",
        ):
            on.goto(url)
            on.get_by_text("<b onmouseover=alert(1)>Eve</b>").first.hover()
            assert on.locator("b, main img, body > script:not([src])").count() == 0
            links = on.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
            assert not [link for link in links if "evil" in link]
            assert "tel:01632960456" in links
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", on.content())
        on.get_by_text("hxxps[:]//evil[.]test/win {{ 7*7 }} www[.]evil[.]test").wait_for()
        assert asked == []
