"""A script of faults strikes whom it names, and one that makes no sense is refused in words."""

import smtplib

import pytest

from tests.ops.catcher.client import PATIENT, RECEPTION, SENDER, Catcher, mail


async def test_a_fault_strikes_only_the_addresses_it_matches(catcher: Catcher) -> None:
    await catcher.script({"verb": "RCPT", "reply": "550 5.1.1 no such user", "match": "PAT@"})
    refused = await catcher.talk(lambda client: client.sendmail(SENDER, [PATIENT, RECEPTION], mail().as_bytes()))
    assert list(refused) == [PATIENT]
    await catcher.script({"verb": "DOT", "reply": "554 5.7.1 no", "match": RECEPTION})
    await catcher.send(mail(), PATIENT)
    with pytest.raises(smtplib.SMTPDataError):
        await catcher.send(mail(), RECEPTION)
    assert [mail["to"] for mail in await catcher.mails()] == [[RECEPTION], [PATIENT]]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{", "Invalid JSON"),
        ('{"verb": "DOT"}', "list"),
        ('[{"verb": "HELLO", "drop": true}]', "0.verb: Input should be 'CONNECT'"),
        ('[{"verb": "DOT"}]', "does nothing: give it a reply, a delay or drop"),
        ('[{"verb": "DOT", "reply": "250 fine"}]', "0.reply"),
        ('[{"verb": "DOT", "reply": "451 a\\r\\n250 b"}]', "0.reply"),
        ('[{"verb": "DOT", "drop": true, "times": 0}]', "0.times"),
        ('[{"verb": "DOT", "delay": -1}]', "0.delay"),
        ('[{"verb": "DATA", "drop": true, "keep": true}]', "keep is for DOT"),
        ('[{"verb": "EHLO", "drop": true, "match": "x"}]', "at EHLO no address is known yet"),
        ('[{"verb": "DOT", "drop": true, "often": 2}]', "0.often"),
    ],
)
async def test_a_malformed_script_is_refused_in_words_and_changes_nothing(
    catcher: Catcher, document: str, told: str
) -> None:
    await catcher.script({"verb": "DOT", "drop": True})
    refused = await catcher.web.put("/api/faults", content=document)
    assert refused.status_code == 422
    assert told in refused.text
    assert (await catcher.web.get("/api/faults")).json() == [{"verb": "DOT", "drop": True}]
