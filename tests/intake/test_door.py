"""The door: what looks like spam is set aside and kept, and nobody can make us send mail to strangers."""

import httpx
import pytest

from clinic.facts import ClinicFacts
from clinic.screening import CLEAR, Screening
from tests.intake.stand_ins import ENQUIRY, ListAcceptance
from tests.support.clock import SetClock

BROWSER = {"Accept": "text/html"}


def nonce(page: str) -> str:
    return page.split('name="nonce" value="')[1].split('"', maxsplit=1)[0]


async def shown(client: httpx.AsyncClient) -> str:
    return nonce((await client.get("/")).text)


async def send(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/enquiries", data=ENQUIRY | fields, headers=BROWSER)


async def test_a_form_filled_in_by_a_person_is_let_in(
    client: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock
) -> None:
    token = await shown(client)
    clock.forward(30)
    assert (await send(client, nonce=token)).status_code == 303
    assert acceptance.screenings == [CLEAR]
    assert acceptance.keys == [token]


@pytest.mark.parametrize("wait", [{"days": 30}, {"hours": 25}, {"seconds": 2}, {"seconds": -90}])
async def test_a_form_that_lay_open_or_was_shown_by_a_clock_ahead_is_let_in(
    client: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock, wait: dict[str, float]
) -> None:
    token = await shown(client)
    clock.forward(**wait)
    await send(client, nonce=token)
    assert acceptance.screenings == [CLEAR]


async def test_a_form_sent_at_once_is_set_aside(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    assert (await send(client, nonce=await shown(client))).status_code == 303
    assert acceptance.screenings == [Screening(quarantined="too-fast")]


async def test_a_form_that_came_back_with_a_fault_may_be_sent_at_once(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    answer = await send(client, nonce=await shown(client), email="nobody")
    assert answer.status_code == 422
    await send(client, nonce=nonce(answer.text))
    assert acceptance.screenings == [CLEAR]


async def test_a_forged_token_is_set_aside(
    client: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock
) -> None:
    token = await shown(client)
    clock.forward(60)
    await send(client, nonce=str(int(token[:13]) - 60_000) + token[13:])
    assert acceptance.screenings == [Screening(quarantined="forged-token")]


async def test_whoever_fills_in_the_field_nobody_sees_is_set_aside_and_told_nothing_of_it(
    client: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock
) -> None:
    token = await shown(client)
    clock.forward(30)
    trapped = await send(client, nonce=token, fax="01632 960000")
    honest = await send(client, nonce="of-a-website")
    assert acceptance.screenings == [Screening(quarantined="trap"), CLEAR]
    assert trapped.status_code == honest.status_code == 303
    assert {name for name, _ in trapped.headers.items()} == {name for name, _ in honest.headers.items()}
    assert len(trapped.headers["location"]) == len(honest.headers["location"])


async def test_our_form_in_a_frame_has_the_same_trap(
    client: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock
) -> None:
    token = nonce((await client.get("/embed")).text)
    clock.forward(30)
    await send(client, nonce=token, fax="01632 960000", view="frame")
    assert acceptance.screenings == [Screening(quarantined="trap")]


@pytest.mark.parametrize("fields", [{}, {"nonce": ""}, {"nonce": "of-a-website"}])
async def test_a_fax_number_in_a_website_s_own_form_is_a_field_we_do_not_know(
    client: httpx.AsyncClient, acceptance: ListAcceptance, fields: dict[str, str]
) -> None:
    await send(client, fax="01632 960000", **fields)
    assert acceptance.screenings == [CLEAR]


@pytest.mark.parametrize(
    ("limit", "screening"),
    [
        ("limit_per_address", Screening(quarantined="address")),
        ("limit_per_network", Screening(quarantined="network")),
        ("limit_per_recipient", Screening(unconfirmed="recipient-limit")),
        ("limit_confirmations", Screening(unconfirmed="breaker")),
    ],
)
async def test_beyond_a_limit_an_enquiry_is_still_accepted(
    client: httpx.AsyncClient, acceptance: ListAcceptance, limit: str, screening: Screening
) -> None:
    acceptance.exceeded = limit
    assert (await client.post("/enquiries", json=ENQUIRY)).status_code == 202
    assert acceptance.screenings == [screening]


async def test_what_is_set_aside_uses_up_no_confirmation(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    await client.post("/enquiries", json=ENQUIRY)
    stages = [limit.side.split()[:2] for limit in acceptance.limits]
    assert stages == [
        *([b"1", b"limit_per_address"], [b"1", b"limit_per_network"]),
        *([b"2", b"limit_per_recipient"], [b"3", b"limit_confirmations"]),
    ]


async def test_what_is_set_aside_or_gets_no_confirmation_anyway_uses_up_less(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    await client.post("/enquiries", json=ENQUIRY | {"email": "no-reply@example.com"})
    assert [limit.quarantines for limit in acceptance.limits] == ["address", "network"]
    await send(client, nonce=await shown(client))
    assert [limit.refuses for limit in acceptance.limits] == [True]


async def test_what_is_set_aside_is_counted_by_its_network_and_too_much_of_it_is_refused_with_the_number_to_phone(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    await client.post("/enquiries", json=ENQUIRY)
    by_client = [limit for limit in acceptance.limits if limit.quarantines]
    assert [(limit.side, limit.quarantines) for limit in by_client] == [
        (b"1 limit_per_address 127.0.0.1/32", "address"),
        (b"1 limit_per_network 127.0.0.0/24", "network"),
    ]
    assert [limit.then and limit.then.side for limit in by_client] == [b"0 limit_quarantined 127.0.0.0/24"] * 2
    acceptance.exceeded = "limit_quarantined"
    refused = await send(client, nonce=await shown(client))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert "01632 960123" in refused.text
    assert len(acceptance.kept) == 1


@pytest.mark.parametrize("address", ["v.ic.tim@example.com", "VICTIM@EXAMPLE.COM", "victim+a1@example.com"])
async def test_spellings_of_one_mailbox_are_counted_together(
    client: httpx.AsyncClient, acceptance: ListAcceptance, address: str
) -> None:
    await client.post("/enquiries", json=ENQUIRY | {"email": address})
    assert b"2 limit_per_recipient victim@example.com" in [limit.side for limit in acceptance.limits]


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("MAILER-DAEMON@example.com", "no-person"),
        ("no-reply@example.com", "no-person"),
        ("noreply+x@example.com", "no-person"),
        ("postmaster@example.com", "no-person"),
    ],
)
async def test_a_machine_gets_no_confirmation(
    client: httpx.AsyncClient, acceptance: ListAcceptance, address: str, cause: str
) -> None:
    await client.post("/enquiries", json=ENQUIRY | {"email": address})
    assert acceptance.screenings == [Screening(unconfirmed=cause)]


async def test_our_own_addresses_get_no_confirmation(
    client: httpx.AsyncClient, acceptance: ListAcceptance, facts: ClinicFacts
) -> None:
    for address in (facts.sender, *facts.reception, facts.sender.upper().replace("@", "+x@")):
        await client.post("/enquiries", json=ENQUIRY | {"email": address})
    assert set(acceptance.screenings) == {Screening(unconfirmed="own-address")}


async def test_a_reply_address_that_only_looks_like_a_machine_s_gets_its_confirmation(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    await client.post("/enquiries", json=ENQUIRY | {"email": "bounceb@example.com"})
    assert acceptance.screenings == [CLEAR]
