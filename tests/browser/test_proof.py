"""Under attack a real browser works out the proof while the form is filled in; without JavaScript staff look first."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from redis import Redis

from tests.browser.test_form import fill, page
from tests.support.processes import NO_LIMITS, SECRET, intake
from tests.support.valkey import Client, Valkey


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Valkey]]:
    folder = tmp_path_factory.mktemp("attacked")
    valkey = Valkey(folder)
    valkey.start()
    environment = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "PROOF_OF_WORK": "true", **NO_LIMITS}
    process, url = intake(folder, environment)
    yield url, valkey
    process.stop()
    valkey.remove()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_who_works_is_let_in_and_who_can_t_is_set_aside(
    browser: Browser, attacked: tuple[str, Valkey], *, javascript: bool
) -> None:
    url, valkey = attacked
    redis: Client = Redis(unix_socket_path=str(valkey.socket))
    before = redis.zcard("quarantined")
    with page(browser, java_script_enabled=javascript) as on:
        refused: list[str] = []
        on.on("console", lambda message: refused.append(message.text))
        on.goto(f"{url}/en")
        fill(on)
        on.wait_for_timeout(2100)
        on.get_by_role("button", name="Send enquiry").click()
        on.get_by_text("Nothing is booked yet").wait_for()
        assert not refused
    assert redis.zcard("quarantined") - before == (0 if javascript else 1)
    redis.close()
