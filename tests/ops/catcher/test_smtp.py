"""The catcher takes real SMTP, and goes wrong as it is told."""

import smtplib
import time

import pytest

from ops.catcher.smtp import LONGEST_MAIL
from tests.ops.catcher.client import PATIENT, SENDER, Catcher, mail


async def test_a_bounce_with_an_empty_sender_is_caught(catcher: Catcher) -> None:
    await catcher.talk(lambda client: client.sendmail("", PATIENT, mail().as_bytes()))
    assert len(await catcher.mails()) == 1


async def test_a_mail_over_the_limit_is_refused(catcher: Catcher) -> None:
    huge = b"Subject: huge\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 998 + b"\r\n") * (LONGEST_MAIL // 1000)
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        await catcher.send(huge)
    assert refused.value.smtp_code == 552
    assert await catcher.mails() == []


async def test_commands_that_make_no_sense_are_answered_and_the_next_mail_is_caught(
    catcher: Catcher, capfd: pytest.CaptureFixture[str]
) -> None:
    def babble(client: smtplib.SMTP) -> list[int]:
        lines = (
            "XYZZY",
            "MAIL FROM:<<<>",
            "MAIL FROM:",
            "RCPT TO:<@@>",
            "EHLO",
            "DATA",
            "MAIL FROM:<" + "a" * 999,
        )
        return [client.docmd(line)[0] for line in lines]

    assert all(code >= 400 for code in await catcher.talk(babble))
    await catcher.send(mail())
    assert len(await catcher.mails()) == 1
    assert capfd.readouterr().err == ""


SENDING = {
    "CONNECT": lambda client: client,
    "EHLO": lambda client: client.ehlo(),
    "MAIL": lambda client: (client.ehlo(), client.mail(SENDER))[-1],
    "RCPT": lambda client: (client.ehlo(), client.mail(SENDER), client.rcpt(PATIENT))[-1],
    "DATA": lambda client: (client.ehlo(), client.mail(SENDER), client.rcpt(PATIENT), client.docmd("DATA"))[-1],
    "DOT": lambda client: (client.ehlo(), client.mail(SENDER), client.rcpt(PATIENT), client.data(b"Subject: s\n\n"))[
        -1
    ],
}
STEPS = [verb for verb in SENDING if verb != "CONNECT"]


@pytest.mark.parametrize("verb", STEPS)
async def test_a_scripted_reply_is_given_so_often_and_then_no_more(catcher: Catcher, verb: str) -> None:
    await catcher.script({"verb": verb, "reply": "451 4.7.1 try later", "times": 2})
    for _ in range(2):
        assert await catcher.talk(SENDING[verb]) == (451, b"4.7.1 try later")
    assert (await catcher.web.get("/api/faults")).json() == []
    await catcher.send(mail("after"))
    assert [mail["subject"] for mail in await catcher.mails()] == ["after"]


@pytest.mark.parametrize("verb", SENDING)
async def test_a_scripted_drop_ends_the_conversation_there(catcher: Catcher, verb: str) -> None:
    await catcher.script({"verb": verb, "drop": True, "times": 1})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await catcher.talk(SENDING[verb])
    assert await catcher.mails() == []
    await catcher.send(mail())
    assert len(await catcher.mails()) == 1


@pytest.mark.parametrize("verb", SENDING)
async def test_a_scripted_delay_comes_before_the_usual_answer(catcher: Catcher, verb: str) -> None:
    await catcher.script({"verb": verb, "delay": 0.3, "times": 1})
    began = time.monotonic()
    await catcher.send(mail())
    assert time.monotonic() - began >= 0.3
    assert len(await catcher.mails()) == 1


async def test_a_connection_refused_by_script_is_told_why(catcher: Catcher) -> None:
    await catcher.script({"verb": "CONNECT", "reply": "421 4.3.2 too busy", "times": 1})
    with pytest.raises(smtplib.SMTPConnectError, match="too busy"):
        await catcher.talk(lambda client: client)
    await catcher.send(mail())


async def test_a_421_hangs_up(catcher: Catcher) -> None:
    def twice(client: smtplib.SMTP) -> tuple[int, bytes]:
        client.ehlo()
        assert client.mail(SENDER)[0] == 421
        return client.noop()

    await catcher.script({"verb": "MAIL", "reply": "421 4.4.2 closing"})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await catcher.talk(twice)


async def test_a_kept_mail_is_there_though_the_client_is_never_told(catcher: Catcher) -> None:
    await catcher.script({"verb": "DOT", "keep": True, "drop": True})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await catcher.send(mail("in doubt"))
    assert [mail["subject"] for mail in await catcher.mails()] == ["in doubt"]


async def test_a_kept_mail_is_there_once_whatever_is_said_about_it(catcher: Catcher) -> None:
    await catcher.script(
        {"verb": "DOT", "keep": True, "reply": "451 4.3.0 forgot it", "times": 1},
        {"verb": "DOT", "keep": True, "delay": 0.1, "times": 1},
    )
    with pytest.raises(smtplib.SMTPDataError, match="forgot it"):
        await catcher.send(mail("one"))
    await catcher.send(mail("two"))
    assert [mail["subject"] for mail in await catcher.mails()] == ["one", "two"]
