"""The inbox shows people and programs what was caught."""

from tests.ops.catcher.client import PATIENT, RECEPTION, SENDER, Catcher, mail


async def test_a_mail_is_a_json_object_of_exactly_the_documented_shape(catcher: Catcher) -> None:
    sent = mail("Grüße: your enquiry", "Plain Grüße.\n", "<p>Rich Grüße.</p>")
    sent["X-Seen"] = "one"
    sent["x-seen"] = "two"
    await catcher.send(sent, [PATIENT, RECEPTION])
    (caught,) = await catcher.mails()
    assert list(caught) == ["id", "from", "to", "subject", "headers", "text", "html", "raw", "received_at"]
    assert (caught["from"], caught["to"]) == (SENDER, [PATIENT, RECEPTION])
    assert caught["subject"] == "Grüße: your enquiry"
    assert caught["headers"]["X-Seen"] == ["one", "two"]
    assert caught["headers"]["From"] == f"Clinic <{SENDER}>"
    assert caught["text"].strip() == "Plain Grüße."
    assert caught["html"].strip() == "<p>Rich Grüße.</p>"
    assert caught["raw"].startswith("From: Clinic")
    assert caught["received_at"] == "2026-03-02T09:00:01+00:00"


async def test_mails_are_listed_oldest_first_and_can_be_asked_for_from_one_on(catcher: Catcher) -> None:
    for subject in ("one", "two", "three"):
        await catcher.send(mail(subject))
    caught = await catcher.mails()
    assert [mail["subject"] for mail in caught] == ["one", "two", "three"]
    assert [mail["subject"] for mail in await catcher.mails(f"?after={caught[0]['id']}")] == ["two", "three"]
    assert await catcher.mails(f"?after={caught[-1]['id']}") == []


async def test_the_inbox_lists_the_newest_first_and_shows_each_mail(catcher: Catcher) -> None:
    assert "No mail yet" in (await catcher.web.get("/")).text
    await catcher.send(mail("older"))
    await catcher.send(mail("newer", "The words.", "<b>The rich words.</b>"))
    listed = await catcher.web.get("/")
    assert listed.text.index("newer") < listed.text.index("older")
    assert 'http-equiv="refresh"' in listed.text
    name = (await catcher.mails())[1]["id"]
    shown = (await catcher.web.get(f"/messages/{name}")).text
    assert "The words." in shown
    assert f'<iframe sandbox title="The HTML part of this mail" src="/messages/{name}/html">' in shown
    own = await catcher.web.get(f"/messages/{name}/html")
    assert "<b>The rich words.</b>" in own.text
    assert own.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    raw = await catcher.web.get(f"/messages/{name}/raw")
    assert raw.headers["Content-Type"].startswith("text/plain")
    assert (await catcher.web.get("/inbox.css")).headers["Content-Type"].startswith("text/css")
    assert (await catcher.web.get("/messages/none")).status_code == 404


async def test_the_script_can_be_read_and_deleted(catcher: Catcher) -> None:
    script = [{"verb": "RCPT", "reply": "451 later", "times": 2, "match": "x"}, {"verb": "DOT", "delay": 5.0}]
    await catcher.script(*script)
    assert (await catcher.web.get("/api/faults")).json() == script
    assert (await catcher.web.delete("/api/faults")).status_code == 204
    assert (await catcher.web.get("/api/faults")).json() == []
