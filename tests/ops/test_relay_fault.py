"""What keeps a relay from us is said in our words with what to do, and nothing that the relay or SMTP_URL says."""

from pathlib import Path

import pytest

from clinic.relay import Relay
from ops.relay_fault import relay_fault
from tests.support.certificates import certificate
from tests.support.relay import ScriptedRelay
from workers.connections import tls_context
from workers.outcome import Stage, judge
from workers.smtp import Conversation, ConversationEnded

SAID = b"of ada@patient.test with word-of-secrecy\r\n"


async def told(relay: Relay) -> str:
    conversation = Conversation(relay, tls_context(relay))
    with pytest.raises(ConversationEnded) as ended:
        await conversation.open()
    return relay_fault(relay, ended.value)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("smtp://no-such-host.invalid", "no such host: correct it in SMTP_URL (connect-silence)"),
        (f"smtp://{'a' * 80}.example", "no such host: correct it in SMTP_URL (connect-silence)"),
        ("smtp://127.0.0.1:9", "connection refused: correct the port in SMTP_URL, or start the relay"),
        ("smtps://localhost:9", "connection refused: correct the port in SMTP_URL, or start the relay"),
    ],
)
async def test_a_relay_that_is_not_there(url: str, why: str) -> None:
    # A machine without a name server can't say that there is none.
    assert why in (await told(Relay.parse(url))).replace("the host's name can't be looked up", "no such host")


async def test_an_encryption_that_is_not_on_offer() -> None:
    async with ScriptedRelay() as relay:
        plain = await told(Relay("127.0.0.1", relay.port, "tls"))
        assert plain.startswith("this port speaks no TLS: use smtp://")
        unencrypted = await told(Relay("127.0.0.1", relay.port, "starttls"))
        assert unencrypted.startswith("the relay offers no STARTTLS: use smtps://")


@pytest.mark.parametrize(
    ("port", "why"),
    [
        (465, "no greeting: port 465 speaks TLS at once, so use smtps:// with it (connect-silence)"),
        (2525, "no answer: correct host and port in SMTP_URL, and see that no firewall is between"),
    ],
)
def test_a_port_that_says_nothing(port: int, why: str) -> None:
    # As `Conversation` raises it after ten seconds in which nothing came.
    ended = ConversationEnded(judge(Stage.CONNECT, None))
    ended.__cause__ = TimeoutError()
    assert why in relay_fault(Relay("mail.example.com", port, "starttls"), ended)


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
async def test_a_certificate_that_is_refused(tmp_path: Path, encryption: str) -> None:
    at_once = encryption == "tls"
    tls, trusted = certificate(tmp_path)
    offers = () if at_once else ("STARTTLS",)
    async with ScriptedRelay(tls=tls, tls_at_once=at_once, offers=offers) as relay:
        strange = await told(Relay("127.0.0.1", relay.port, "tls" if at_once else "starttls"))
        assert strange.startswith("its certificate is refused, self-signed certificate: trust it by ?ca=")
        other = await told(Relay("localhost", relay.port, "tls" if at_once else "starttls", ca_file=str(trusted)))
        assert "not valid for 'localhost': use a name in SMTP_URL that is on it" in other


@pytest.mark.parametrize("offers", [(), ("AUTH GSSAPI",)])
async def test_a_login_that_is_not_on_offer(offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as relay:
        why = await told(Relay("127.0.0.1", relay.port, "none", "clinic", "word-of-secrecy"))
    assert why.startswith("the relay offers no login with a password: take user and password out of SMTP_URL")
    assert "word-of-secrecy" not in why


@pytest.mark.parametrize(
    ("verb", "reply", "why"),
    [
        ("CONNECT", b"554 5.7.1 ", "takes nothing from this machine: ask whoever runs it whether it may send"),
        ("CONNECT", b"SSH-2.0-", "what answers there is no relay, or does not want us"),
        ("AUTH", b"535 5.7.8 ", "the relay refuses the login: correct user and password in SMTP_URL (auth-535)"),
        ("AUTH", b"454 4.7.0 ", "the relay can't check the login now: try again later (auth-454)"),
        ("EHLO", b"noise ", "the relay left at EHLO, or said what is no SMTP"),
    ],
)
async def test_what_the_relay_says_is_not_repeated(verb: str, reply: bytes, why: str) -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as relay:
        relay.always(verb, reply + SAID)
        said = await told(Relay("127.0.0.1", relay.port, "none", "clinic", "word-of-secrecy"))
    assert why in said
    assert "patient" not in said
    assert "secrecy" not in said
