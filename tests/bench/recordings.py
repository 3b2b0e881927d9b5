"""Recorded requests as a load: sessions of real instrumentation libraries,
many at once, each time under fresh ids.

A session is one recording, replayed span by span in the order of its
requests; when it ends another begins. A request holds spans of as many
sessions as it takes, by resource, as a Collector would send them.
"""
import random
import struct

import wire

# Recordings that send the same spans by other transports, and those of
# generators with fillers for attributes.
ALIKE = ("collector-", "manual-grpc", "manual-http-", "manual-int", "js-sdk-g",
         "js-sdk-json", "js-sdk-proto-", "telemetrygen-")
ID = 16, 8


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def places(data, at=0, end=None):
    """(number, start, end) of the fields with a length, and of fixed64."""
    end = len(data) if end is None else end
    while at < end:
        tag, at = wire.varint(data, at)
        kind = tag & 7
        if kind == 0:
            _, at = wire.varint(data, at)
            continue
        size = 8 if kind == 1 else 4
        if kind == 2:
            size, at = wire.varint(data, at)
        yield tag >> 3, at, at + size
        at += size


class Span:
    """Its field of a ScopeSpans, and where it says whose it is."""

    def __init__(self, data):
        self.bytes = field(2, data)
        shift = len(self.bytes) - len(data)
        self.ids, self.sessions = [], []
        for number, start, end in places(data):
            if number in (1, 2, 4) and end - start in ID:
                self.ids.append((start + shift, end + shift))
            elif number == 9:
                self.note_session(data, start, end, shift)

    def note_session(self, data, start, end, shift):
        pair = {number: (a, b) for number, a, b in places(data, start, end)}
        if 1 not in pair or 2 not in pair \
                or data[slice(*pair[1])] != b"session.id":
            return
        for number, a, b in places(data, *pair[2]):
            if number == 1 and b - a >= 6:
                self.sessions.append((b - 6 + shift, b + shift))

    def fresh(self, mask, name):
        out = bytearray(self.bytes)
        for start, end in self.ids:
            value = int.from_bytes(out[start:end], "big") \
                ^ mask >> 8 * (16 - (end - start))
            out[start:end] = value.to_bytes(end - start, "big")
        for start, end in self.sessions:
            out[start:end] = name
        return out


def read_recording(folder):
    """[(resource, [Span])] in the order they were sent; none if they are
    not protobuf or not to be unpacked here."""
    parts = []
    for request in wire.read_requests(folder):
        if not request.is_traces or request.is_json:
            continue
        text = wire.unpack(*request.message())
        for resource_spans in wire.inner(text or b"", 1):
            resource = next(wire.inner(resource_spans, 1), b"")
            spans = [Span(span) for scope in wire.inner(resource_spans, 2)
                     for span in wire.inner(scope, 2)]
            parts.append((resource, spans))
    return parts


def read_all(folder):
    """Every recording that counts, as a list of (resource, Span)."""
    recordings = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(ALIKE) or not wire.has_json(path,
                                                            "request.json"):
            continue
        spans = [(resource, span) for resource, spans in read_recording(path)
                 for span in spans]
        if spans:
            recordings.append(spans)
    return recordings


class Session:
    def __init__(self, spans, chance):
        self.left = iter(spans)
        self.mask = chance.getrandbits(128)
        self.name = b"%06x" % chance.getrandbits(24)


def write_requests(folder, out, sessions, spans, per_request=512, seed=1):
    """Writes a file for `load --requests`; returns (spans, bytes of them)."""
    chance = random.Random(seed)
    recordings = read_all(folder)
    alive = [Session(chance.choice(recordings), chance)
             for _ in range(sessions)]
    written = size = 0
    with open(out, "wb") as file:
        while written < spans:
            groups = {}
            for _ in range(per_request):
                resource, span = next_span(alive, recordings, chance)
                groups.setdefault(resource, []).append(span)
            body = b"".join(
                field(1, field(1, resource) + field(2, b"".join(group)))
                for resource, group in groups.items())
            file.write(struct.pack("<II", per_request, len(body)) + body)
            written += per_request
            size += len(body)
    return written, size


def next_span(alive, recordings, chance):
    while True:
        at = chance.randrange(len(alive))
        found = next(alive[at].left, None)
        if found is not None:
            resource, span = found
            return resource, span.fresh(alive[at].mask, alive[at].name)
        alive[at] = Session(chance.choice(recordings), chance)
