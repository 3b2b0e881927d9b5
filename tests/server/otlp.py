"""Small OTLP requests as protobuf, written by hand."""
import struct


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def fixed(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def text(value):
    """An AnyValue."""
    return field(1, value.encode())


def attribute(key, value):
    return field(9, field(1, key.encode()) + field(2, value))


def span(trace_id, span_id, name="step", more=b"", start=1772359200 * 10 ** 9,
         end=1772359201 * 10 ** 9):
    return field(2, field(1, trace_id) + field(2, span_id)
                 + field(5, name.encode()) + fixed(7, start) + fixed(8, end)
                 + more)


def request(spans, project=None):
    resource = b""
    if project:
        resource = field(1, field(1, field(
            1, b"openinference.project.name") + field(2, text(project))))
    return field(1, resource + field(2, b"".join(spans)))


def nested(levels):
    """An AnyValue of arrays in arrays, written from the inside out."""
    heads, size = [], len(text("x"))
    for _ in range(levels):
        inner = varint(1 << 3 | 2) + varint(size)        # ArrayValue.values
        size += len(inner)
        outer = varint(5 << 3 | 2) + varint(size)        # AnyValue.array_value
        size += len(outer)
        heads += [inner, outer]
    return b"".join(reversed(heads)) + text("x")


def fields(data):
    """(number, value) of a message; bytes for a length."""
    at = 0

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                return value
    while at < len(data):
        tag = read()
        if tag & 7 == 2:
            size = read()
            yield tag >> 3, data[at:at + size]
            at += size
        else:
            yield tag >> 3, read()


def partial_success(body):
    """(rejected spans, message) of an ExportTraceServiceResponse."""
    for number, inner in fields(body):
        if number == 1:
            found = dict(fields(inner))
            return found.get(1, 0), found.get(2, b"").decode()
    return 0, ""
