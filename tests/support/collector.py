"""A collector of traces (OTLP over HTTP) that keeps what it is sent."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.receiver import receiving


@dataclass
class Collector:
    """What an OpenTelemetry collector was sent."""

    spans: list[Span] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    url: str = ""


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector."""
    made = Collector()

    def take(_path: str, headers: Mapping[str, str], body: bytes) -> int:
        sent = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        request = ExportTraceServiceRequest.FromString(sent)
        made.raw.append(sent)
        made.spans += [span for one in request.resource_spans for of in one.scope_spans for span in of.spans]
        return 200

    with receiving(take) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made
