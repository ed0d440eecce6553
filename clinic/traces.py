"""The door to OpenTelemetry: one trace for each enquiry, from the POST to its mails, and nothing of a person in it.

Which trace a step belongs to is worked out from the reference, so nothing has to travel beside it in queue or store.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from clinic.errors import ConfigurationError
from clinic.extras import to_install

# A step of an enquiry: its reference, what was done, when it began and ended, and what is worth telling of it.
Trace = Callable[[str, str, datetime, datetime, Mapping[str, str]], None]
ROOT = "accept"


def untraced(_reference: str, _step: str, _began: datetime, _ended: datetime, _attributes: Mapping[str, str]) -> None:
    """Trace nothing."""


def tracing(endpoint: str, process: str) -> Trace:
    """Return what sends steps to a collector (OTLP over HTTP), or traces nothing where none is named.

    Raises ConfigurationError where OpenTelemetry is not installed.
    """
    if not endpoint:
        return untraced
    try:
        # Imported where it is wanted only: it comes with an extra.
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    except ModuleNotFoundError as missing:
        fault = f"OTEL_EXPORTER_OTLP_ENDPOINT: needs {missing.name}: {to_install('tracing')}"
        raise ConfigurationError([fault]) from None

    class Ids(RandomIdGenerator):
        """Gives the first step of an enquiry the ids that all others find for themselves."""

        wanted: tuple[int, int] | None = None

        def generate_trace_id(self) -> int:
            return self.wanted[0] if self.wanted else super().generate_trace_id()

        def generate_span_id(self) -> int:
            return self.wanted[1] if self.wanted else super().generate_span_id()

    ids = Ids()
    provider = TracerProvider(
        id_generator=ids, resource=Resource.create({"service.name": "frontdesk", "service.instance.id": process})
    )
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    tracer = provider.get_tracer("frontdesk")

    def record(reference: str, step: str, began: datetime, ended: datetime, attributes: Mapping[str, str]) -> None:
        trace_id, span_id = _ids(reference)
        told = {"frontdesk.reference": reference, **{f"frontdesk.{name}": text for name, text in attributes.items()}}
        first = step == ROOT
        if first:
            ids.wanted, context = (trace_id, span_id), None
        else:
            parent = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(1))
            context = trace.set_span_in_context(trace.NonRecordingSpan(parent))
        try:
            span = tracer.start_span(step, context=context, attributes=told, start_time=_nanoseconds(began))
        finally:
            ids.wanted = None
        span.end(_nanoseconds(ended))

    return record


def _ids(reference: str) -> tuple[int, int]:
    """Return the trace's id and that of its first span, the same in every process."""
    digest = hashlib.sha256(f"frontdesk {reference}".encode()).digest()
    return int.from_bytes(digest[:16], "big") or 1, int.from_bytes(digest[16:24], "big") or 1


def _nanoseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000_000) * 1000
