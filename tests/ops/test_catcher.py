"""The catcher takes real SMTP, shows what it took to people and programs, and goes wrong as it is told."""

import asyncio
import smtplib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.catcher.faults import Faults
from ops.catcher.inbox import inbox
from ops.catcher.mailbox import Mailbox
from ops.catcher.smtp import LONGEST_MAIL, listen
from ops.ports import bound

SENDER, PATIENT, RECEPTION = "clinic@clinic.test", "pat@example.org", "reception@clinic.test"


class SteppingClock:
    """A clock that moves on by a second each time it is read."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


class Catcher:
    """Both sides of a catcher, and a client for each."""

    def __init__(self, port: int, web: httpx.AsyncClient) -> None:
        self.port = port
        self.web = web

    def _converse(self, conversation: Callable[[smtplib.SMTP], Any]) -> Any:  # noqa: ANN401
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="test", timeout=5) as client:
            return conversation(client)

    async def talk(self, conversation: Callable[[smtplib.SMTP], Any]) -> Any:  # noqa: ANN401
        """Hold a conversation with smtplib in a thread."""
        return await asyncio.to_thread(self._converse, conversation)

    async def send(self, mail: EmailMessage | bytes, to: str | list[str] = PATIENT) -> None:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        await self.talk(lambda client: client.sendmail(SENDER, to, raw))

    async def script(self, *faults: dict[str, Any]) -> None:
        assert (await self.web.put("/api/faults", json=list(faults))).status_code == 200

    async def mails(self, query: str = "") -> list[dict[str, Any]]:
        answer = await self.web.get(f"/api/messages{query}")
        assert answer.status_code == 200
        made: list[dict[str, Any]] = answer.json()
        return made


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    mailbox, faults = Mailbox(tmp_path, SteppingClock()), Faults()
    listener = bound("127.0.0.1", 0, "--smtp-port")
    server = await listen(listener, mailbox, faults)
    transport = httpx.ASGITransport(inbox(mailbox, faults))
    async with httpx.AsyncClient(transport=transport, base_url="http://inbox") as web:
        yield Catcher(listener.getsockname()[1], web)
    server.close()
    await server.wait_closed()


def mail(subject: str = "Your enquiry", text: str = "Hello.\n", html: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Clinic <{SENDER}>", PATIENT, subject
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))


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


async def test_a_folded_subject_is_one_line_without_the_fold(catcher: Catcher) -> None:
    await catcher.send(b"Subject:\r\n Out of hours:\r\n enquiry\r\n\r\nhi")
    assert (await catcher.mails())[0]["subject"] == "Out of hours: enquiry"


async def test_mails_are_listed_oldest_first_and_can_be_asked_for_from_one_on(catcher: Catcher) -> None:
    for subject in ("one", "two", "three"):
        await catcher.send(mail(subject))
    caught = await catcher.mails()
    assert [mail["subject"] for mail in caught] == ["one", "two", "three"]
    assert [mail["subject"] for mail in await catcher.mails(f"?after={caught[0]['id']}")] == ["two", "three"]
    assert await catcher.mails(f"?after={caught[-1]['id']}") == []


async def test_deleting_forgets_every_mail_on_the_disk_too(catcher: Catcher, tmp_path: Path) -> None:
    await catcher.send(mail())
    assert (await catcher.web.delete("/api/messages")).status_code == 204
    assert await catcher.mails() == []
    assert files(tmp_path) == []


async def test_mails_are_there_in_the_next_run_and_broken_files_are_passed_over(
    catcher: Catcher, tmp_path: Path
) -> None:
    await catcher.send(mail("kept"), [PATIENT, RECEPTION])
    (tmp_path / "20260101T000000000000-0000.json").write_text('{"id":')
    (tmp_path / "stray.json").write_bytes(files(tmp_path, "2026????T*-????.json")[-1].read_bytes())
    again = httpx.ASGITransport(inbox(Mailbox(tmp_path, SteppingClock()), Faults()))
    async with httpx.AsyncClient(transport=again, base_url="http://inbox") as web:
        assert (await web.get("/api/messages")).json() == await catcher.mails()
    (file,) = files(tmp_path, "*.eml")
    assert b"Subject: kept" in file.read_bytes()


async def test_a_mail_whose_file_was_removed_is_shown_empty(catcher: Catcher, tmp_path: Path) -> None:
    await catcher.send(mail())
    files(tmp_path, "*.eml")[0].unlink()
    assert (await catcher.mails())[0]["raw"] == ""
    assert (await catcher.web.get("/")).status_code == 200


async def test_a_bounce_with_an_empty_sender_is_caught(catcher: Catcher) -> None:
    await catcher.talk(lambda client: client.sendmail("", PATIENT, mail().as_bytes()))
    assert len(await catcher.mails()) == 1


async def test_a_mail_over_the_limit_is_refused(catcher: Catcher) -> None:
    huge = b"Subject: huge\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 998 + b"\r\n") * (LONGEST_MAIL // 1000)
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        await catcher.send(huge)
    assert refused.value.smtp_code == 552
    assert await catcher.mails() == []


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


HOSTILE = {
    "markup in every header": b"From: <script>1</script>\r\nSubject: </title><script>alert(1)</script>\r\n\r\nhi",
    "markup behind an encoded word": b"Subject: =?utf-8?q?=3Cscript=3Ealert(1)=3C/script=3E=0A=0D?=\r\n\r\nhi",
    "markup in the text": b"Subject: s\r\n\r\n</pre><script>alert(1)</script>",
    "bytes that are no text": b"Subject: \xff\xfe\x80\r\nFrom: \xed\xa0\x80\r\n\r\n\x00\xff\xed\xa0\x80",
    "a charset nobody knows": b"Subject: s\r\nContent-Type: text/plain; charset=klingon\r\n\r\nhello",
    "half a letter": b"Subject: s\r\nContent-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800",
    "a header whose name is no text": b"Subject: s\r\nX-\xff: \xff\r\n\r\nhi",
    "broken base64": b"Subject: s\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=\r\n",
    "a broken address": b'Subject: s\r\nFrom: =?\xff?=<@>,,;:::<<\r\nTo: "\r\n\r\nhi',
    "no headers at all": b"\r\nhello",
    "nothing": b"",
    "no end of parts": b"Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n",
    "a mail in a mail in a mail": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(2000)
    ),
    "a message without a message": b"Subject: s\r\nContent-Type: message/rfc822\r\n\r\n",
    "text that is a calendar": b"Subject: s\r\nContent-Type: multipart/related\r\n\r\nhi",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_mail_harms_neither_the_pages_nor_the_json(catcher: Catcher, raw: bytes) -> None:
    await catcher.send(raw)
    await catcher.send(mail("after"))
    hostile, after = await catcher.mails()
    assert after["subject"] == "after"
    for page in ("/", f"/messages/{hostile['id']}"):
        answer = await catcher.web.get(page)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for part in ("html", "raw"):
        assert (await catcher.web.get(f"/messages/{hostile['id']}/{part}")).status_code == 200


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


async def test_a_fault_strikes_only_the_addresses_it_matches(catcher: Catcher) -> None:
    await catcher.script({"verb": "RCPT", "reply": "550 5.1.1 no such user", "match": "PAT@"})
    refused = await catcher.talk(lambda client: client.sendmail(SENDER, [PATIENT, RECEPTION], mail().as_bytes()))
    assert list(refused) == [PATIENT]
    await catcher.script({"verb": "DOT", "reply": "554 5.7.1 no", "match": RECEPTION})
    await catcher.send(mail(), PATIENT)
    with pytest.raises(smtplib.SMTPDataError):
        await catcher.send(mail(), RECEPTION)
    assert [mail["to"] for mail in await catcher.mails()] == [[RECEPTION], [PATIENT]]


async def test_the_script_can_be_read_and_deleted(catcher: Catcher) -> None:
    script = [{"verb": "RCPT", "reply": "451 later", "times": 2, "match": "x"}, {"verb": "DOT", "delay": 5.0}]
    await catcher.script(*script)
    assert (await catcher.web.get("/api/faults")).json() == script
    assert (await catcher.web.delete("/api/faults")).status_code == 204
    assert (await catcher.web.get("/api/faults")).json() == []


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
