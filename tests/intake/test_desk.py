"""The desk over a real store: nobody looks without signing in, and what staff do is done, once, and written down."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.requests import Request

from clinic.acts import Acts
from clinic.clock import milliseconds
from clinic.enquiry import Enquiry
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.records import Records
from clinic.screening import Screening
from clinic.seal import Blinder
from clinic.store import Files, Store
from intake.act_links import CONTACTED, ActLinks
from intake.app import create_app
from intake.desk import Accounts, Gate, Rows, desk_routes
from intake.desk.accounts import account_line
from intake.rates import Rates, StoreRates
from intake.refusal import Refusal
from intake.serve import COUNTED
from tests.intake.desk import SECRETS, ListMarks, ListRates, StandingClock
from tests.support.desk import Desk, SetClock, enquiry
from tests.support.valkey import Client

PASSWORD = "correct horse battery"
LINE = account_line("jo", PASSWORD)
OURS = {"Origin": "http://intake.test"}
HOSTILE = Enquiry(
    name="<b>Eve</b> \u202egnp.exe",
    email="eve@example.org",
    message="<script>alert(1)</script> https://evil.test/login",
)


@pytest.fixture
def accounts() -> Accounts:
    name, _, hashed = LINE.partition(":")
    return Accounts({name: hashed})


class House:
    """The service behind the desk, and a browser before it."""

    def __init__(
        self,
        redis: Client,
        facts: ClinicFacts,
        accounts: Accounts,
        rates: Rates,
        header: str = "",
        trusted_proxies: int = 0,
    ) -> None:
        self.clock = SetClock()
        self.behind = Desk(redis, facts, "smtp://127.0.0.1:9", self.clock)
        self.acts = Acts(self.behind.staff, self.behind.seal)
        rows = Rows(Files(redis), Records(self.behind.store, self.behind.seal), self.acts, facts, self.clock)
        gate = Gate(accounts, header, SECRETS, rates, self.clock, secure=False, trusted_proxies=trusted_proxies)
        app = create_app(
            facts,
            self.behind.acceptance,
            self.clock,
            SECRETS,
            rates,
            ListMarks(StandingClock()),
            desk=lambda assets: desk_routes(facts.name, gate, rows, self.acts, assets),
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test")

    async def sign_in(self, name: str = "jo", password: str = PASSWORD) -> httpx.Response:
        return await self.client.post("/desk/login", data={"name": name, "password": password}, headers=OURS)

    async def get(self, path: str) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.headers
        return answer.text

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=OURS)


@pytest.fixture
async def house(redis: Client, facts: ClinicFacts, accounts: Accounts, rates: ListRates) -> AsyncIterator[House]:
    made = House(redis, facts, accounts, rates)
    async with made.client:
        yield made


@pytest.mark.parametrize("path", ["/desk", "/desk?view=overdue", "/desk/CFGH3467", "/desk/changes"])
async def test_nobody_looks_without_signing_in(house: House, path: str) -> None:
    answer = await house.client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")


@pytest.mark.parametrize("act", ["contacted", "release", "resend", "erase"])
async def test_nobody_acts_without_signing_in(house: House, act: str) -> None:
    accepted = await house.behind.accept()
    answer = await house.post(f"/desk/{accepted.reference}/{act}", sure="yes")
    assert answer.headers["location"] == "/desk/login"
    assert await house.acts.history(accepted.reference) == []


async def test_a_session_is_a_cookie_that_scripts_and_other_sites_never_see(house: House) -> None:
    answer = await house.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/desk" in cookie
    assert PASSWORD not in cookie
    assert "To be answered" in await house.get("/desk")
    assert (await house.client.get("/desk/login")).headers["location"] == "/desk"
    await house.post("/desk/logout")
    assert (await house.client.get("/desk")).headers["location"] == "/desk/login"


@pytest.mark.parametrize(("name", "password"), [("jo", "wrong"), ("nobody", PASSWORD), ("", ""), ("jo", "")])
async def test_a_wrong_password_and_an_unknown_name_look_the_same(house: House, name: str, password: str) -> None:
    answer = await house.sign_in(name, password)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "The name or the password is wrong" in answer.text


async def test_after_too_many_tries_the_right_password_is_refused_too(house: House, rates: ListRates) -> None:
    rates.exceeded = {"limit_logins"}
    assert (await house.sign_in()).status_code == 403
    assert {who.partition(" ")[0] for name, who in rates.counted if name == "limit_logins"} == {"name", "address"}


async def test_guessing_passwords_ends_after_five_tries_of_a_name_from_wherever_they_come(
    redis: Client, facts: ClinicFacts, accounts: Accounts
) -> None:
    clock = SetClock()
    limited = dict.fromkeys((*COUNTED, "limit_per_proof"), "1000 per day") | {"limit_logins": "5 per 10 minutes"}
    limits = StoreRates(Store(redis, clock), Blinder(SECRETS[0], "limits"), limited)
    house = House(redis, facts, accounts, limits, trusted_proxies=1)

    async def tried(name: str, password: str, address: str) -> int:
        house.client.cookies.clear()
        headers = OURS | {"X-Forwarded-For": address}
        answer = await house.client.post("/desk/login", data={"name": name, "password": password}, headers=headers)
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


async def test_a_session_ends_with_its_day_its_password_and_its_secret(
    house: House, redis: Client, facts: ClinicFacts, rates: ListRates
) -> None:
    cookie = (await house.sign_in()).headers["set-cookie"].partition(";")[0]
    others = House(redis, facts, Accounts({"jo": account_line("jo", "another password").partition(":")[2]}), rates)
    assert (await others.client.get("/desk", headers={"Cookie": cookie})).headers["location"] == "/desk/login"
    forged = cookie.replace("=jo.", "=sam.")
    house.client.cookies.clear()
    assert (await house.client.get("/desk", headers={"Cookie": forged})).headers["location"] == "/desk/login"
    assert (await house.client.get("/desk", headers={"Cookie": cookie})).status_code == 200
    house.clock.forward(timedelta(hours=13).total_seconds())
    assert (await house.client.get("/desk", headers={"Cookie": cookie})).headers["location"] == "/desk/login"


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://[::1", "http://[x]", None])
async def test_a_form_of_another_site_does_nothing(house: House, origin: str | None) -> None:
    accepted = await house.behind.accept()
    await house.sign_in()
    headers = {"Origin": origin} if origin else {}
    answer = await house.client.post(f"/desk/{accepted.reference}/contacted", headers=headers)
    assert answer.status_code == 403
    assert await house.acts.of(accepted.reference) is None


async def test_enquiries_stand_where_they_belong(house: House) -> None:
    late = await house.behind.accept(1)
    house.clock.forward(5 * 3600)
    new, done = await house.behind.accept(2), await house.behind.accept(3)
    aside = await house.behind.acceptance.accept(
        enquiry(4), idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
    )
    await house.acts.mark(done.reference, "jo")
    await house.sign_in()
    for view, accepted, name in (
        ("open", new, "Patient 2"),
        ("overdue", late, "Patient 1"),
        ("contacted", done, "Patient 3"),
        ("quarantined", aside, "Patient 4"),
    ):
        page = await house.get(f"/desk?view={view}")
        assert re.findall(r'<a href="/desk/([A-Z0-9]{8})"', page) == [accepted.reference]
        assert name in page
    assert re.findall(r"\((\d+)\)</a>", page) == ["1", "1", "1", "1", "0"]
    assert "Nothing here." in await house.get("/desk?view=failed")
    assert (await house.client.get("/desk?view=all")).status_code == 404


async def test_one_enquiry_is_shown_whole_and_inert(house: House) -> None:
    accepted = await house.behind.acceptance.accept(HOSTILE, idempotency_key=None, body=b"")
    await house.sign_in()
    page = await house.get(f"/desk/{accepted.reference}")
    assert "&lt;b&gt;Eve&lt;/b&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; hxxps[:]//evil[.]test/login" in page
    assert "<script" not in page
    assert "\u202e" not in page
    assert "Confirmation: on its way" in page
    assert "Reminder: planned" in page


async def test_a_reference_leads_to_its_enquiry_however_it_is_typed(house: House) -> None:
    accepted = await house.behind.accept()
    await house.sign_in()
    typed = f" {accepted.reference[:4].lower()} {accepted.reference[4:]}"
    found = await house.client.get("/desk", params={"reference": typed})
    assert found.headers["location"] == f"/desk/{accepted.reference}"
    wrong = (await house.client.get("/desk", params={"reference": "<x>"})).text
    assert '"&lt;x&gt;" is not a reference. A reference has 8 letters and digits, such as CFGH 3467.' in wrong
    missing = await house.client.get("/desk/CFGH3467")
    assert (missing.status_code, 'href="/desk"' in missing.text) == (404, True)


async def test_a_list_that_failed_is_named_and_leads_nowhere(house: House, redis: Client) -> None:
    await redis.zadd("attention", {"D20261123T080000Z/digest-0": 1})
    await house.sign_in()
    page = await house.get("/desk?view=failed")
    assert "List of Monday 23 November at 8am" in page
    assert "/desk/D2026" not in page


async def test_the_view_of_mails_that_failed_says_which_and_why(house: House, redis: Client) -> None:
    accepted = await house.behind.accept()
    await redis.hset(f"deliveries:{accepted.reference}", "confirmation", "failed 1 1 0 0 rcpt-550")
    await redis.zadd("attention", {f"{accepted.reference}/confirmation": 1})
    await house.sign_in()
    page = await house.get("/desk?view=failed")
    words = "Confirmation: failed (the mail server would not take mail for this address)"
    assert f"<td>{words}</td>" in page
    assert "Alert" not in page
    assert words not in await house.get("/desk?view=open")
    assert f"<li>{words}</li>" in await house.get(f"/desk/{accepted.reference}")


async def test_a_number_is_one_tap_away_and_what_is_set_aside_is_not_confirmed_by_mistake(house: House) -> None:
    written = enquiry().model_copy(update={"phone": "01632 960456"})
    aside = await house.behind.acceptance.accept(
        written, idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
    )
    await house.sign_in()
    assert '<a href="tel:01632960456">' in await house.get("/desk?view=quarantined")
    assert "/resend" not in await house.get(f"/desk/{aside.reference}")


async def test_marking_keeps_the_note_and_who_did_it(house: House, redis: Client) -> None:
    accepted = await house.behind.accept()
    await house.sign_in()
    await house.post(f"/desk/{accepted.reference}/contacted", note="Rang <twice>")
    page = await house.get(f"/desk/{accepted.reference}")
    assert "Monday 23 November at 9am: contacted by" in page
    assert "Rang &lt;twice&gt;" in page
    assert "Mark as contacted" not in page
    assert b"Rang" not in b"".join(await redis.lrange(f"acts:{accepted.reference}", 0, -1))


@pytest.mark.parametrize("note", ["Rang <twice>. " * 100, "Rang <twice>\0"], ids=["too long", "not seen"])
async def test_a_note_that_won_t_do_stays_in_its_field_and_marks_nothing(house: House, note: str) -> None:
    accepted = await house.behind.accept()
    await house.sign_in()
    answer = await house.post(f"/desk/{accepted.reference}/contacted", note=note)
    assert answer.status_code == 422
    assert "The note is too long, or has characters that can&#39;t be seen" in answer.text
    assert re.search(r"<textarea[^>]*>\nRang &lt;twice&gt;", answer.text)
    assert await house.acts.of(accepted.reference) is None


async def test_a_note_for_one_that_was_marked_before_is_said_to_be_lost(house: House) -> None:
    accepted = await house.behind.accept()
    await house.acts.mark(accepted.reference, "sam")
    await house.sign_in()
    answer = await house.post(f"/desk/{accepted.reference}/contacted", note="Rang")
    assert "a note of yours was not kept" in await house.get(answer.headers["location"])


async def test_the_sheet_says_how_an_act_went_in_words_of_its_own(house: House) -> None:
    aside = await house.behind.acceptance.accept(
        enquiry(), idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
    )
    await house.sign_in()
    for act, line in (
        ("release", "Its mails are on their way."),
        ("release", "Nothing was sent: it is no longer set aside."),
        ("resend", "Nothing was sent: it is already on its way."),
        ("erase", "Nothing was erased: tick the box first."),
    ):
        led_to = (await house.post(f"/desk/{aside.reference}/{act}")).headers["location"]
        assert f'<p role="status"><strong>{line}</strong></p>' in await house.get(led_to)
    assert "Ring" not in await house.get(f"/desk/{aside.reference}?told=Ring+this+number")


async def test_not_spam_sends_what_was_held_back(house: House) -> None:
    aside = await house.behind.acceptance.accept(
        enquiry(), idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
    )
    await house.sign_in()
    await house.post(f"/desk/{aside.reference}/release")
    assert (await house.behind.states())[f"{aside.reference}/alert-0"] == "due released"
    assert "Set aside" not in (await house.get(f"/desk/{aside.reference}")).split("<h2>")[0]


async def test_a_confirmation_is_sent_again_when_it_is_not_on_its_way(house: House, redis: Client) -> None:
    accepted = await house.behind.accept()
    await house.sign_in()
    await house.post(f"/desk/{accepted.reference}/resend")
    assert (await house.behind.states())[f"{accepted.reference}/confirmation"] == "due -"
    await redis.hset(f"deliveries:{accepted.reference}", "confirmation", "failed 1 1 0 0 rcpt-550")
    await redis.zadd("attention", {f"{accepted.reference}/confirmation": 1})
    resent = await house.post(f"/desk/{accepted.reference}/resend")
    assert (await house.behind.states())[f"{accepted.reference}/confirmation"] == "due resent"
    assert "The confirmation is on its way." in await house.get(resent.headers["location"])
    assert await redis.zcard("attention") == 0
    assert [act.what for act in await house.acts.history(accepted.reference)] == ["resent"]


async def test_erasing_takes_a_second_word_and_leaves_nothing_of_the_patient(house: House, redis: Client) -> None:
    accepted = await house.behind.accept()
    await house.acts.mark(accepted.reference, "jo", "spoke to Patient 0")
    await house.sign_in()
    await house.post(f"/desk/{accepted.reference}/erase")
    assert await redis.exists(f"enquiry:{accepted.reference}") == 1
    await house.post(f"/desk/{accepted.reference}/erase", sure="yes")
    assert await redis.exists(f"enquiry:{accepted.reference}") == 0
    assert await redis.zcard("diary") == await redis.zcard("contacted") == await redis.zcard("open") == 0
    assert [act.what for act in await house.acts.history(accepted.reference)] == ["erased"]
    page = await house.get(f"/desk/{accepted.reference}")
    assert "has been erased" in page
    assert "Patient 0" not in page


async def test_the_report_says_how_the_promise_is_kept(house: House) -> None:
    in_time, late = await house.behind.accept(1), await house.behind.accept(2)
    await house.behind.accept(3)
    house.clock.forward(3600)
    await house.acts.mark(in_time.reference, "jo")
    house.clock.forward(4 * 3600)
    await house.acts.mark(late.reference, "jo")
    await house.behind.accept(4)
    await house.sign_in()
    page = await house.get("/desk/report")
    assert page.count("1 of 3 (33 %)") == 2
    assert page.count("180 open minutes") == 2
    assert "2026-11-23" in page
    assert "Sacro-iliac joint pain" in page


async def test_the_link_of_a_mail_leads_on_to_the_desk(house: House) -> None:
    url = ActLinks(CONTACTED, SECRETS, house.clock, "http://intake.test").url(
        "CFGH3467", milliseconds(house.clock.now())
    )
    assert 'href="/desk/CFGH3467"' in await house.get(url)


async def test_behind_an_identity_proxy_its_header_says_who_is_asking(
    redis: Client, facts: ClinicFacts, accounts: Accounts, rates: ListRates
) -> None:
    house = House(redis, facts, accounts, rates, header="X-Forwarded-User")
    await house.sign_in()
    assert (await house.client.get("/desk")).headers["location"] == "/desk/login"
    login = await house.get("/desk/login")
    assert "Sign in where your clinic does" in login
    assert "<form" not in login
    answer = await house.client.get("/desk", headers={"X-Forwarded-User": "sam@clinic.example"})
    assert "sam@clinic.example" in answer.text
    assert "Sign out" not in answer.text


async def test_where_nobody_may_sign_in_there_is_no_desk(client: httpx.AsyncClient) -> None:
    assert (await client.get("/desk")).status_code == 404


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("", "has no account"),
        ("jo:plain", "line 1 is no account"),
        (f"{LINE}\n{LINE}", "line 2 is no account"),
        ("j o:$argon2id$x", "line 1 is no account"),
    ],
)
def test_a_file_of_accounts_that_won_t_do_is_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: str, fault: str
) -> None:
    path = tmp_path_factory.mktemp("desk") / "users"
    path.write_text(lines)
    with pytest.raises(ConfigurationError, match=fault):
        Accounts.read(path)
    path.write_text(f"# the desk\n\n{LINE}\n")
    assert Accounts.read(path).verify("jo", PASSWORD)


@pytest.mark.parametrize(("name", "password"), [("j o", PASSWORD), ("", PASSWORD), ("jo", "short")])
def test_an_account_that_won_t_do_is_refused(name: str, password: str) -> None:
    with pytest.raises(ConfigurationError):
        account_line(name, password)


def test_the_check_of_origins_needs_one(accounts: Accounts, rates: ListRates) -> None:
    gate = Gate(accounts, "", SECRETS, rates, StandingClock(), secure=True, trusted_proxies=0)
    scope = {"type": "http", "method": "POST", "path": "/desk", "headers": [(b"host", b"intake.test")]}
    with pytest.raises(Refusal):
        gate.check_origin(Request(scope))
    assert "Secure" in gate.signed_out()
