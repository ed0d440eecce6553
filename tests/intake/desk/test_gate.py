"""The gate of the desk: who is asking, how long a session lasts, and how often one may guess."""

import asyncio
import threading
import time
from datetime import timedelta
from typing import ClassVar

import httpx
import pytest

from clinic.facts import ClinicFacts
from clinic.seal import Blinder
from clinic.store import Store
from intake.desk import Accounts, Gate
from intake.desk.accounts import account_line
from intake.desk.gate import WAITING_AT_MOST
from intake.rates import StoreRates
from intake.unfit import COUNTED
from tests.intake.desk.reception import LINE, OURS, PASSWORD, Reception
from tests.intake.stand_ins import SECRETS, ListRates
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_a_session_is_a_cookie_that_scripts_and_other_sites_never_see(reception: Reception) -> None:
    answer = await reception.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/desk" in cookie
    assert PASSWORD not in cookie
    assert "To be answered" in await reception.get("/desk")
    assert (await reception.client.get("/desk/login")).headers["location"] == "/desk"
    await reception.post("/desk/logout")
    assert (await reception.client.get("/desk")).headers["location"] == "/desk/login"


@pytest.mark.parametrize(("name", "password"), [("jo", "wrong"), ("nobody", PASSWORD), ("", ""), ("jo", "")])
async def test_a_wrong_password_and_an_unknown_name_look_the_same(
    reception: Reception, name: str, password: str
) -> None:
    answer = await reception.sign_in(name, password)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "The name or the password is wrong" in answer.text
    assert f'name="name" type="text" value="{name}"' in answer.text, "only the password has to be typed again"
    assert PASSWORD not in answer.text


async def test_after_too_many_tries_the_right_password_is_refused_too(reception: Reception, rates: ListRates) -> None:
    rates.exceeded = {"limit_logins"}
    assert (await reception.sign_in()).status_code == 403
    assert {who.partition(" ")[0] for name, who in rates.counted if name == "limit_logins"} == {"name", "address"}


async def test_however_many_sign_in_at_once_one_password_is_looked_at_at_a_time(
    redis: Client, facts: ClinicFacts, rates: ListRates
) -> None:
    class Counting(Accounts):
        def __init__(self) -> None:
            super().__init__({})
            self.now = self.most = 0
            self.lock = threading.Lock()

        def verify(self, name: str, password: str) -> bool:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.02)
            with self.lock:
                self.now -= 1
            return super().verify(name, password)

    accounts = Counting()
    reception = Reception(redis, facts, accounts, rates)
    answers = await asyncio.gather(*(reception.sign_in(f"name{n}", "guess") for n in range(5)))
    assert [answer.status_code for answer in answers] == [403] * 5
    assert accounts.most == 1


async def test_a_crowd_of_strangers_does_not_keep_a_known_browser_waiting(
    redis: Client, facts: ClinicFacts, rates: ListRates
) -> None:
    class Slow(Accounts):
        looked: ClassVar[list[str]] = []

        def verify(self, name: str, password: str) -> bool:
            self.looked.append(name)
            time.sleep(0.005)
            return name == "jo" and super().verify(name, password)

    accounts = Slow({"jo": LINE.partition(":")[2]})
    reception = Reception(redis, facts, accounts, rates)
    assert (await reception.sign_in()).status_code == 303
    await reception.post("/desk/logout")
    accounts.looked.clear()
    crowd = [reception.sign_in(f"name{n}", "guess") for n in range(3 * WAITING_AT_MOST)]
    *strangers, jo = await asyncio.gather(*crowd, reception.sign_in())
    assert {answer.status_code for answer in strangers} == {403}
    assert jo.status_code == 303
    assert len(accounts.looked) == WAITING_AT_MOST + 1


class Quick(Accounts):
    """Accounts of which the password is known at once: a hash takes 0.15 s."""

    def verify(self, name: str, password: str) -> bool:
        return (name, password) == ("jo", PASSWORD)


@pytest.fixture
def quick() -> Accounts:
    return Quick({"jo": LINE.partition(":")[2]})


async def test_guessing_passwords_ends_after_five_tries_of_a_name_from_wherever_they_come(
    redis: Client, facts: ClinicFacts, quick: Accounts
) -> None:
    clock = SetClock()
    limited = dict.fromkeys((*COUNTED, "limit_per_proof"), "1000 per day") | {"limit_logins": "5 per 10 minutes"}
    limits = StoreRates(Store(redis, clock), Blinder(SECRETS[0], "limits"), limited)
    reception = Reception(redis, facts, quick, limits, trusted_proxies=1)

    async def tried(name: str, password: str, address: str) -> int:
        reception.client.cookies.clear()
        headers = OURS | {"X-Forwarded-For": address}
        answer = await reception.client.post("/desk/login", data={"name": name, "password": password}, headers=headers)
        return answer.status_code

    assert [await tried("jo", f"guess {n}", f"192.0.2.{n}") for n in range(5)] == [403] * 5
    assert await tried("jo", PASSWORD, "198.51.100.7") == 403
    assert [await tried(f"name{n}", "guess", "203.0.113.9") for n in range(5)] == [403] * 5
    clock.forward(600)
    assert await tried("jo", PASSWORD, "198.51.100.7") == 303
    assert [await tried(f"name{n}", "guess", "203.0.113.9") for n in range(5)] == [403] * 5
    assert await tried("jo", PASSWORD, "203.0.113.9") == 403
    assert await tried("jo", PASSWORD, "198.51.100.7") == 303
    stored = b" ".join(await redis.keys("limit:*"))
    assert b"jo" not in stored
    assert b"203.0.113" not in stored


async def test_a_stranger_s_guesses_lock_nobody_out_of_a_browser_that_has_signed_them_in_before(
    redis: Client, facts: ClinicFacts, quick: Accounts
) -> None:
    limited = dict.fromkeys((*COUNTED, "limit_per_proof"), "1000 per day") | {"limit_logins": "5 per 10 minutes"}
    clock = SetClock()
    limits = StoreRates(Store(redis, clock), Blinder(SECRETS[0], "limits"), limited)
    reception = Reception(redis, facts, quick, limits, trusted_proxies=1)
    known = reception.client.cookies
    assert (await reception.sign_in()).status_code == 303
    await reception.post("/desk/logout")
    clock.forward(600)

    async def tried(password: str, cookies: httpx.Cookies, address: str = "192.0.2.7") -> int:
        reception.client.cookies = cookies
        headers = OURS | {"X-Forwarded-For": address}
        answer = await reception.client.post("/desk/login", data={"name": "jo", "password": password}, headers=headers)
        return answer.status_code

    assert [await tried(f"guess {n}", httpx.Cookies()) for n in range(6)] == [403] * 6
    assert await tried(PASSWORD, httpx.Cookies()) == 403
    theirs = httpx.Cookies()
    for cookie in known.jar:
        theirs.set("desk-sam", str(cookie.value), domain="intake.test")
        theirs.set(cookie.name, f"{cookie.value}x", domain="intake.test")
    assert await tried(PASSWORD, theirs) == 403
    assert await tried(PASSWORD, known) == 303
    await reception.post("/desk/logout")
    # A browser that was stolen may not guess for ever either, and is known for its time only.
    assert [await tried(f"guess {n}", known, f"198.51.100.{n}") for n in range(4)] == [403] * 4
    assert await tried(PASSWORD, known) == 403
    for one in (clock, reception.clock):
        one.forward(timedelta(days=91).total_seconds())
    assert [await tried(f"guess {n}", httpx.Cookies()) for n in range(5)] == [403] * 5
    assert await tried(PASSWORD, known) == 403


async def test_a_session_ends_with_its_day_its_password_and_its_secret(
    reception: Reception, redis: Client, facts: ClinicFacts, rates: ListRates
) -> None:
    cookie = (await reception.sign_in()).headers["set-cookie"].partition(";")[0]
    others = Reception(redis, facts, Accounts({"jo": account_line("jo", "another password").partition(":")[2]}), rates)
    assert (await others.client.get("/desk", headers={"Cookie": cookie})).headers["location"] == "/desk/login"
    forged = cookie.replace("=jo.", "=sam.")
    reception.client.cookies.clear()
    assert (await reception.client.get("/desk", headers={"Cookie": forged})).headers["location"] == "/desk/login"
    assert (await reception.client.get("/desk", headers={"Cookie": cookie})).status_code == 200
    reception.clock.forward(timedelta(hours=13).total_seconds())
    assert (await reception.client.get("/desk", headers={"Cookie": cookie})).headers["location"] == "/desk/login"


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://[::1", "http://[x]", None])
async def test_a_form_of_another_site_does_nothing(reception: Reception, origin: str | None) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    headers = {"Origin": origin} if origin else {}
    answer = await reception.client.post(f"/desk/{accepted.reference}/contacted", headers=headers)
    assert answer.status_code == 403
    assert await reception.acts.of(accepted.reference) is None


def test_where_the_service_is_on_https_the_cookie_never_leaves_it(accounts: Accounts, rates: ListRates) -> None:
    gate = Gate(accounts, "", SECRETS, rates, SetClock(), secure=True, trusted_proxies=0)
    assert gate.signed_out().endswith("; Secure")


async def test_behind_an_identity_proxy_its_header_says_who_is_asking(
    redis: Client, facts: ClinicFacts, accounts: Accounts, rates: ListRates
) -> None:
    reception = Reception(redis, facts, accounts, rates, header="X-Forwarded-User")
    await reception.sign_in()
    assert (await reception.client.get("/desk")).headers["location"] == "/desk/login"
    login = await reception.get("/desk/login")
    assert "Sign in where your clinic does" in login
    assert "<form" not in login
    answer = await reception.client.get("/desk", headers={"X-Forwarded-User": "sam@clinic.example"})
    assert "sam@clinic.example" in answer.text
    assert "Sign out" not in answer.text


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (b"alexandra.thompson@purephysiotherapy.co.uk", "alexandra.thompson@purephysiotherapy.co.uk"),
        ("Élen".encode(), "Élen"),
        ("Łukasz".encode(), "Łukasz"),
        ("Siân".encode(), "Siân"),
        ("Siân".encode("latin-1"), "Siân"),
    ],
    ids=["an address", "UTF-8", "beyond Latin-1", "UTF-8 that is Latin-1 too", "Latin-1"],
)
async def test_an_identity_proxy_names_people_as_they_are_called(
    redis: Client, facts: ClinicFacts, accounts: Accounts, rates: ListRates, header: bytes, shown: str
) -> None:
    reception = Reception(redis, facts, accounts, rates, header="X-Forwarded-User")
    answer = await reception.client.get("/desk", headers={b"X-Forwarded-User": header})
    assert answer.status_code == 200
    assert f"<p>{shown}</p>" in answer.text


@pytest.mark.parametrize("header", [b"a" * 255, b"a\x01b", b" "])
async def test_a_name_of_the_proxy_s_that_is_none_is_logged_and_nobody_is_signed_in(
    redis: Client,
    facts: ClinicFacts,
    accounts: Accounts,
    rates: ListRates,
    header: bytes,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reception = Reception(redis, facts, accounts, rates, header="X-Forwarded-User")
    answer = await reception.client.get("/desk", headers={b"X-Forwarded-User": header})
    assert answer.headers["location"] == "/desk/login"
    logged = capsys.readouterr().out
    assert "desk_user_unusable" in logged
    assert "aaa" not in logged
