"""Conversations with a relay that refuses, stalls, leaves and lies: each ends as its stage and code say."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from clinic.relay import Relay
from tests.support.certificates import certificate
from tests.support.relay import ScriptedRelay
from workers.connections import tls_context
from workers.outcome import Outcome, Stage, Verdict, judge
from workers.smtp import Conversation, ConversationEnded

MAIL = b"Subject: x\r\n\r\n.a line that starts with a dot\r\n..two\r\nend\r\n"


# With and without PIPELINING (RFC 2920).
both = pytest.mark.parametrize("offers", [(), ("PIPELINING",)], ids=["one-by-one", "together"])


async def nothing() -> None:
    pass


async def converse(relay: Relay, before_data: Callable[[], Awaitable[None]] = nothing) -> Outcome:
    conversation = Conversation(relay, tls_context(relay))
    try:
        await conversation.open()
        return await conversation.send("clinic@a.test", "patient@b.test", MAIL, before_data)
    except ConversationEnded as ended:
        return ended.outcome
    finally:
        conversation.close()


@both
async def test_mail_arrives_byte_for_byte(offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as server:
        outcome = await converse(Relay.parse(server.url))
    assert outcome == Outcome(Verdict.SENT, "dot-250")
    assert [(mail.sender, mail.to, mail.content) for mail in server.taken] == [
        ("clinic@a.test", "patient@b.test", MAIL)
    ]


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("code", [451, 550])
@both
async def test_a_refusal_is_judged_by_its_code_at_every_step(verb: str, code: int, offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as server:
        server.always(verb, f"{code} no\r\n".encode())
        outcome = await converse(Relay.parse(server.url))
    assert outcome == judge(Stage(verb.lower()), code)
    assert server.taken == []


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@both
async def test_connection_lost_before_the_dot_is_tried_again(verb: str, offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as server:
        server.always(verb, None, drop=True)
        outcome = await converse(Relay.parse(server.url))
    assert outcome == judge(Stage(verb.lower()), None)


@pytest.mark.parametrize("keep", [True, False])
async def test_connection_lost_after_the_dot_leaves_a_doubt(keep: bool) -> None:
    async with ScriptedRelay() as server:
        server.always("DOT", None, drop=True, keep=keep)
        outcome = await converse(Relay.parse(server.url))
    assert outcome == Outcome(Verdict.DOUBT, "dot-silence")
    assert len(server.taken) == keep


@pytest.mark.parametrize(
    "garbage", [b"hello\r\n", b"250" + b"x" * 9000 + b"\r\n", b"\xff\xfe\r\n", b"99 low\r\n", b"250-only\r\n" * 20_000]
)
@both
async def test_an_answer_that_is_none_is_silence_and_costs_no_memory(garbage: bytes, offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as server:
        server.always("RCPT", garbage, drop=True)
        outcome = await converse(Relay.parse(server.url))
    assert outcome == Outcome(Verdict.RETRY, "rcpt-silence")


async def test_what_is_done_before_the_mail_leaves_is_done_before_its_first_byte() -> None:
    async with ScriptedRelay() as server:
        seen: list[int] = []

        async def look() -> None:
            seen.append(server.seen["DATA"])
            seen.append(len(server.taken))

        await converse(Relay.parse(server.url), look)
    assert seen == [1, 0]


async def test_claim_that_is_lost_before_the_mail_leaves_sends_nothing() -> None:
    class Lost(Exception):
        pass

    async def lost() -> None:
        raise Lost

    async with ScriptedRelay() as server:
        with pytest.raises(Lost):
            await converse(Relay.parse(server.url), lost)
        await asyncio.sleep(0.05)
        assert server.taken == []


async def test_what_can_be_pipelined_leaves_in_one_write_and_the_mail_only_after_all_answers() -> None:
    together: list[bytes] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        await reader.readline()
        writer.write(b"250-here\r\n250 PIPELINING\r\n")
        together.append(await reader.read(65536))
        writer.write(b"250 ok\r\n250-first line\r\n250 ok\r\n35")
        await asyncio.sleep(0.05)
        writer.write(b"4 go on\r\n")
        together.append(await reader.readuntil(b"\r\n.\r\n"))
        writer.write(b"250 taken\r\n")
        writer.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await converse(Relay.parse(f"smtp://127.0.0.1:{port}")) == Outcome(Verdict.SENT, "dot-250")
    assert together == [
        b"MAIL FROM:<clinic@a.test>\r\nRCPT TO:<patient@b.test>\r\nDATA\r\n",
        b"Subject: x\r\n\r\n..a line that starts with a dot\r\n...two\r\nend\r\n.\r\n",
    ]


async def test_a_recipient_who_is_refused_while_data_is_granted_gets_nothing() -> None:
    async with ScriptedRelay(offers=("PIPELINING",)) as server:
        server.always("RCPT", b"550 nobody\r\n")
        assert await converse(Relay.parse(server.url)) == judge(Stage.RCPT, 550)
        await asyncio.sleep(0.05)
        assert server.taken == []


@pytest.mark.parametrize("address", ["two words@b.test", "a@b.test>\r\nRCPT TO:<c@d.test", "zoë@b.test", ""])
async def test_what_is_no_mailbox_is_never_said(address: str) -> None:
    async with ScriptedRelay() as server:
        conversation = Conversation(Relay.parse(server.url), None)
        await conversation.open()
        with pytest.raises(ConversationEnded):
            await conversation.send("clinic@a.test", address, MAIL, nothing)
        assert server.seen["MAIL"] == 0


@pytest.mark.parametrize("words", [b"421 closing\r\n", b"250 what you never asked\r\n", b"25"])
async def test_a_relay_that_speaks_unasked_is_asked_no_more(words: bytes) -> None:
    async with ScriptedRelay() as server:
        conversation = Conversation(Relay.parse(server.url), None)
        await conversation.open()
        await conversation.send("clinic@a.test", "patient@b.test", MAIL, nothing)
        before = conversation.usable
        for writer in server._writers:
            writer.write(words)
        await asyncio.sleep(0.05)
        assert (before, conversation.usable) == (True, False)
        conversation.close()


@both
async def test_a_relay_that_leaves_before_the_mail_does_was_sent_nothing(offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as server:

        async def leave() -> None:
            server.drop()
            await asyncio.sleep(0.05)

        outcome = await converse(Relay.parse(server.url), leave)
    assert outcome == Outcome(Verdict.RETRY, "data-silence")
    assert server.taken == []


@both
async def test_what_a_relay_says_unasked_before_the_mail_is_no_answer_to_it(offers: tuple[str, ...]) -> None:
    async with ScriptedRelay(offers=offers) as server:
        server.always("DATA", b"354 go on\r\n250 2.0.0 taken\r\n")
        server.always("DOT", b"554 no\r\n")
        outcome = await converse(Relay.parse(server.url))
    assert outcome == Outcome(Verdict.RETRY, "data-silence")
    assert server.taken == []


async def test_closed_port_is_tried_again() -> None:
    async with ScriptedRelay() as server:
        url = server.url
    assert await converse(Relay.parse(url)) == Outcome(Verdict.AWAY, "connect-silence")


def demanding(server: ScriptedRelay, ca: Path, encryption: str = "starttls") -> Relay:
    """Return the relay as one on another machine, where encryption is demanded, though it runs on this one."""
    return Relay("127.0.0.1", server.port, encryption, ca_file=str(ca))  # type: ignore[arg-type]  # a Literal


async def test_mail_goes_out_encrypted_when_the_relay_offers_starttls(tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    async with ScriptedRelay(tls=context, offers=("STARTTLS",)) as server:
        outcome = await converse(demanding(server, ca))
    assert outcome.verdict is Verdict.SENT
    assert server.seen["STARTTLS"] == 1


async def test_smtps_is_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    async with ScriptedRelay(tls=context, tls_at_once=True) as server:
        outcome = await converse(demanding(server, ca, "tls"))
    assert outcome.verdict is Verdict.SENT


async def test_relay_without_starttls_gets_no_mail(tmp_path: Path) -> None:
    _, ca = certificate(tmp_path)
    async with ScriptedRelay() as server:
        outcome = await converse(demanding(server, ca))
    assert outcome.verdict is Verdict.AWAY
    assert server.seen["MAIL"] == 0


@pytest.mark.parametrize("fault", [{"expired": True}, {"address": "127.0.0.9"}])
async def test_certificate_that_is_expired_or_of_another_name_gets_no_mail(
    tmp_path: Path, fault: dict[str, str]
) -> None:
    context, ca = certificate(tmp_path, **fault)  # type: ignore[arg-type]  # one dict for two types
    async with ScriptedRelay(tls=context, offers=("STARTTLS",)) as server:
        outcome = await converse(demanding(server, ca))
    assert outcome == Outcome(Verdict.AWAY, "tls-silence")
    assert server.seen["MAIL"] == 0


async def test_certificate_of_an_unknown_authority_gets_no_mail(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with ScriptedRelay(tls=context, tls_at_once=True) as server:
        outcome = await converse(Relay("127.0.0.1", server.port, "tls"))
    assert outcome == Outcome(Verdict.AWAY, "tls-silence")
    assert server.taken == []


async def test_a_refused_login_is_tried_by_one_method_only() -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN LOGIN CRAM-MD5",)) as server:
        server.always("AUTH", b"535 5.7.8 no\r\n")
        outcome = await converse(Relay.parse(f"smtp://user:wrong@127.0.0.1:{server.port}"))
    assert outcome.verdict is Verdict.LOCKED_OUT
    assert server.seen["AUTH"] == 1


async def test_a_relay_that_says_no_goodbye_keeps_no_worker_from_stopping() -> None:
    async with ScriptedRelay() as server:
        server.always("QUIT", b"221 bye\r\n", delay=30)
        relay = Relay.parse(server.url)
        conversation = Conversation(relay, tls_context(relay))
        await conversation.open()
        async with asyncio.timeout(10):
            await conversation.quit()
        assert not conversation.usable
    assert server.seen["QUIT"] == 1
