"""Ended spans of OpenTelemetry's SDK as an ExportTraceServiceRequest.

    request    1 resource, 1 field of spans for each scope ...
    each field tag, length as a varint, bytes

Written by hand because the messages of the protobuf package, made one for
each attribute, cost more than all else on a span's way into a store.
"""
from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Iterable, Optional

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

double = struct.Struct("<d").pack
times = struct.Struct("<BQBQ").pack    # start_time and end_time
flags = struct.Struct("<HI").pack      # tag of two bytes, fixed32
link_flags = struct.Struct("<BI").pack
time = struct.Struct("<BQ").pack
CODES = (b"", b"\x18\x01", b"\x18\x02")  # UNSET, OK, ERROR
HAS_REMOTE, IS_REMOTE = 0x100, 0x200


@lru_cache(maxsize=4096)
def varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def field(tag: bytes, data: bytes) -> bytes:
    return tag + varint(len(data)) + data


def text(tag: bytes, given: str) -> bytes:
    return field(tag, given.encode("utf-8", "replace"))


def text_if_any(tag: bytes, given: Optional[str]) -> bytes:
    return text(tag, given) if given else b""


def count_if_any(tag: bytes, count: int) -> bytes:
    return tag + varint(count) if count else b""


def time_of(given: Any) -> int:
    """Nanoseconds as OTLP can say them; SDKs let programs give anything."""
    return min(max(int(given or 0), 0), 2 ** 64 - 1)


@lru_cache(maxsize=1024)
def key_field(key: str) -> bytes:
    return text(b"\x0a", key)


# --- values ---------------------------------------------------------------


def of_int(value: int) -> bytes:
    if not -2 ** 63 <= value < 2 ** 63:
        return text(b"\x0a", str(value))
    return b"\x18" + varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def of_list(values: Iterable[Any]) -> bytes:
    return field(b"\x2a", b"".join(
        [field(b"\x0a", of_any(value)) for value in values]))


def of_mapping(values: Mapping[Any, Any]) -> bytes:
    return field(b"\x32", attributes_of(b"\x0a", {
        str(key): value for key, value in values.items()}))


#: By type; what is of none of them may be like one.
WRITERS: dict[type, Callable[[Any], bytes]] = {
    str: lambda value: text(b"\x0a", value),
    bool: lambda value: b"\x10\x01" if value else b"\x10\x00",
    int: of_int,
    float: lambda value: b"\x21" + double(value),
    bytes: lambda value: field(b"\x3a", value),
    type(None): lambda value: b"",
    tuple: of_list,
    Mapping: of_mapping,
    Sequence: of_list,
    object: lambda value: text(b"\x0a", str(value)),
}


def of_any(value: Any) -> bytes:
    """An AnyValue; what OpenTelemetry has no word for, as text."""
    writer = WRITERS.get(type(value)) or next(
        writer for kind, writer in WRITERS.items() if isinstance(value, kind))
    return writer(value)


def attributes_of(tag: bytes, attributes: Mapping[str, Any]) -> bytes:
    made = []
    for key, value in attributes.items():
        pair = key_field(key) + field(b"\x12", of_any(value))
        made.append(tag + varint(len(pair)) + pair)
    return b"".join(made)


# --- spans ----------------------------------------------------------------


def state_of(state: Any) -> str:
    return ",".join([f"{key}={value}" for key, value in state.items()])


def flags_of(context: Any) -> int:
    return HAS_REMOTE | (IS_REMOTE if context and context.is_remote else 0)


def event_of(event: Any) -> bytes:
    return field(b"\x5a", b"".join((
        time(0x09, time_of(event.timestamp)), text(b"\x12", str(event.name)),
        attributes_of(b"\x1a", event.attributes or {}),
        count_if_any(b"\x20", event.dropped_attributes))))


def link_of(link: Any) -> bytes:
    context = link.context
    return field(b"\x6a", b"".join((
        b"\x0a\x10", context.trace_id.to_bytes(16, "big"),
        b"\x12\x08", context.span_id.to_bytes(8, "big"),
        text(b"\x1a", state_of(context.trace_state or {})),
        attributes_of(b"\x22", link.attributes or {}),
        count_if_any(b"\x28", link.dropped_attributes),
        link_flags(0x35, flags_of(context)))))


def span_of(span: ReadableSpan) -> bytes:
    context: Any = span.get_span_context()
    attributes: Any = span.attributes or {}
    parent, status = span.parent, span.status
    made = [b"\x0a\x10", context.trace_id.to_bytes(16, "big"),
            b"\x12\x08", context.span_id.to_bytes(8, "big")]
    if context.trace_state:
        made.append(text(b"\x1a", state_of(context.trace_state)))
    if parent:
        made += (b"\x22\x08", parent.span_id.to_bytes(8, "big"))
    made += (text(b"\x2a", str(span.name)), b"\x30", varint(span.kind.value + 1),
             times(0x39, time_of(span.start_time), 0x41,
                   time_of(span.end_time)),
             # A copy is a dictionary, which is much faster to walk.
             attributes_of(b"\x4a", attributes.copy()),
             count_if_any(b"\x50", span.dropped_attributes))
    made += map(event_of, span.events)
    made.append(count_if_any(b"\x60", span.dropped_events))
    made += map(link_of, span.links)
    made.append(count_if_any(b"\x70", span.dropped_links))
    said = text_if_any(b"\x12", status.description)
    made += (field(b"\x7a", said + CODES[status.status_code.value]),
             flags(0x0185, flags_of(parent)))
    return field(b"\x12", b"".join(made))


def scope_of(scope: Any) -> bytes:
    if scope is None:
        return b""
    return field(b"\x0a", b"".join((
        text(b"\x0a", scope.name or ""), text(b"\x12", scope.version or ""),
        attributes_of(b"\x1a", scope.attributes or {}))))


def request_of(spans: Iterable[ReadableSpan]) -> bytes:
    """The request; spans that share a resource and a scope go together."""
    resources: dict[int, tuple[Any, dict[int, list[ReadableSpan]]]] = {}
    for span in spans:
        scopes = resources.setdefault(
            id(span.resource), (span.resource, {}))[1]
        scopes.setdefault(id(span.instrumentation_scope), []).append(span)
    made = []
    for resource, scopes in resources.values():
        parts = [field(b"\x0a", attributes_of(b"\x0a", resource.attributes))]
        for group in scopes.values():
            scope = scope_of(group[0].instrumentation_scope)
            parts.append(field(b"\x12", scope + b"".join(
                [span_of(span) for span in group]) + text_if_any(
                    b"\x1a", getattr(group[0].instrumentation_scope,
                                     "schema_url", None))))
        parts.append(text_if_any(b"\x1a", resource.schema_url))
        made.append(field(b"\x0a", b"".join(parts)))
    return b"".join(made)
