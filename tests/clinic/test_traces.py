"""Traces: one for each enquiry, from the POST to both mails, over a real collector, and nothing of a person in it."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.collector import Collector, collecting
from tests.support.patients import body
from tests.support.processes import SECRET, intake, post, worker
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Valkey


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


async def test_one_trace_goes_from_the_post_to_both_mails(valkey: Valkey, tmp_path: Path, collector: Collector) -> None:
    async with ScriptedRelay() as relay:
        given = {
            "REDIS_URL": valkey.url,
            "SMTP_URL": relay.url,
            "FRONTDESK_SECRET": SECRET,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        }
        at_work = await asyncio.to_thread(worker, tmp_path, given)
        taking, url = await asyncio.to_thread(intake, tmp_path, given)
        try:
            for number in range(2):
                await asyncio.to_thread(post, f"{url}/enquiries", body(number))
            deadline = time.monotonic() + 20
            while len(collector.spans) < 6:
                assert time.monotonic() < deadline, at_work.output
                await asyncio.sleep(0.1)
        finally:
            await asyncio.to_thread(taking.stop)
            await asyncio.to_thread(at_work.stop)
    traces: dict[bytes, list[Span]] = {}
    for span in collector.spans:
        traces.setdefault(span.trace_id, []).append(span)
    assert len(traces) == 2
    for spans in traces.values():
        [first] = [span for span in spans if not span.parent_span_id]
        assert first.name == "accept"
        told = [{one.key: one.value.string_value for one in span.attributes} for span in spans if span is not first]
        assert sorted(one["frontdesk.delivery"] for one in told) == ["alert-0", "confirmation"]
        assert {one["frontdesk.state"] for one in told} == {"sent"}
        assert {span.parent_span_id for span in spans if span is not first} == {first.span_id}
    assert not [raw for raw in collector.raw if b"Patient" in raw or b"example.org" in raw or b"hurts" in raw]
