"""Who is not signed in gets nothing done and nothing lost: the login leads back, and hands a typed note on."""

import html
import re
from datetime import timedelta

import pytest

from clinic.facts import ClinicFacts
from clinic.store import connect
from intake.desk import Accounts
from tests.intake.desk.reception import PASSWORD, Reception
from tests.intake.stand_ins import ListRates
from tests.support.valkey import Client, Valkey

NOTE = 'Left <voicemail>\r\ntry "again"'


def hidden(page: str, name: str) -> str | None:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    return found[1] if found else None


@pytest.mark.parametrize("path", ["/desk/CFGH3467", "/desk?view=open&page=12", "/desk/report", "/desk"])
async def test_the_login_leads_to_the_page_that_was_asked_for(reception: Reception, path: str) -> None:
    asked = await reception.client.get(path)
    login = await reception.get(asked.headers["location"])
    to = html.unescape(hidden(login, "to") or "")
    signed = await reception.post("/desk/login", name="jo", password=PASSWORD, to=to)
    assert (signed.status_code, signed.headers["location"]) == (303, path)
    again = await reception.client.get(asked.headers["location"])
    assert (again.status_code, again.headers["location"]) == (303, path)


@pytest.mark.parametrize(
    "to",
    [
        *("https://evil.test/", "//evil.test/desk", "/desk/../contacted/x", "/desk//evil.test", "/desk\\evil.test"),
        *("/desk/CFGH3467\r\nX: y", "/desk/CFGH3467/erase", "/desk/logout", "/desk?view=a&x=//evil.test", "desk", ""),
    ],
)
async def test_the_login_leads_nowhere_but_to_the_desk(reception: Reception, to: str) -> None:
    login = (await reception.client.get("/desk/login", params={"to": to})).text
    assert hidden(login, "to") == "/desk"
    signed = await reception.post("/desk/login", name="jo", password=PASSWORD, to=to)
    assert signed.headers["location"] == "/desk"
    led = await reception.client.get("/desk/login", params={"to": to})
    assert led.headers["location"] == "/desk"


async def test_a_note_that_came_after_the_session_is_in_its_field_again_after_the_login(
    reception: Reception,
) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    reception.clock.forward(timedelta(hours=13).total_seconds())
    refused = await reception.post(f"/desk/{accepted.reference}/contacted", note=NOTE)
    assert refused.status_code == 403
    assert "Nothing was saved" in refused.text
    assert "sign in, and it is in its field again" in refused.text
    assert "set-cookie" not in refused.headers
    assert await reception.acts.history(accepted.reference) == []
    page = f"/desk/{accepted.reference}"
    assert hidden(refused.text, "to") == page
    assert hidden(refused.text, "note") == "Left &lt;voicemail&gt;\r\ntry &#34;again&#34;"
    wrong = await reception.post("/desk/login", name="jo", password="wrong", to=page, note=NOTE)
    assert (wrong.status_code, hidden(wrong.text, "note")) == (403, hidden(refused.text, "note"))
    signed = await reception.post("/desk/login", name="jo", password=PASSWORD, to=page, note=NOTE)
    assert "Nothing was saved, as you were signed out. Your note is in its field again." in signed.text
    assert re.search(r"<textarea[^>]*>\nLeft &lt;voicemail&gt;\r\ntry &#34;again&#34;</textarea>", signed.text)
    assert "voicemail" not in str(signed.headers)
    assert await reception.acts.history(accepted.reference) == []
    await reception.post(f"{page}/contacted", note=NOTE)
    assert [act.by for act in await reception.acts.history(accepted.reference)] == ["jo"]


async def test_a_note_outlives_a_login_while_the_store_is_away(
    valkey: Valkey, facts: ClinicFacts, accounts: Accounts, rates: ListRates
) -> None:
    redis = connect(valkey.url)
    reception = Reception(redis, facts, accounts, rates)
    page = f"/desk/{(await reception.service.accept()).reference}"
    valkey.kill()
    async with reception.client:
        signed = await reception.post("/desk/login", name="jo", password=PASSWORD, to=page, note=NOTE)
    assert signed.status_code == 503
    assert (hidden(signed.text, "to"), html.unescape(hidden(signed.text, "note") or "")) == (page, NOTE)
    await redis.aclose()


async def test_a_form_of_another_site_is_handed_nothing_back(reception: Reception) -> None:
    answer = await reception.client.post(
        "/desk/CFGH3467/contacted", data={"note": NOTE}, headers={"Origin": "https://evil.test"}
    )
    assert answer.status_code == 403
    assert "voicemail" not in answer.text


async def test_behind_an_identity_proxy_the_note_is_shown_to_be_copied(
    redis: Client, facts: ClinicFacts, accounts: Accounts, rates: ListRates
) -> None:
    reception = Reception(redis, facts, accounts, rates, header="X-Forwarded-User")
    answer = await reception.post("/desk/CFGH3467/contacted", note=NOTE)
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.text
    assert "Left &lt;voicemail&gt;" in answer.text
    assert '<a href="/desk/CFGH3467">' in answer.text
    assert "<form" not in answer.text
