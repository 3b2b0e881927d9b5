"""Recorded bodies: what was sent, in which encoding, with which span ids."""
import ctypes
import ctypes.util
import gzip
import json
import struct
import zlib
from pathlib import Path

UNPACKED_MOST = 64 << 20


def read_json(folder, name):
    path = folder / name
    if path.exists():
        return json.loads(path.read_text())
    return json.loads(gzip.decompress((folder / f"{name}.gz").read_bytes()))


def has_json(folder, name):
    return (folder / name).exists() or (folder / f"{name}.gz").exists()


class Request:
    """One recorded request."""

    def __init__(self, folder, entry):
        raw = (folder / entry["file"]).read_bytes()
        self.body = gzip.decompress(raw) if entry.get("stored") == "gzip" \
            else raw
        self.file = entry["file"].replace(".stored.gz", "")
        self.method, self.path = entry["method"], entry["path"]
        self.headers = entry["headers"]
        self.chunks = entry.get("chunk_sizes")
        named = {name.lower(): value for name, value in self.headers}
        kind = named.get("content-type", "")
        self.is_grpc = kind.startswith("application/grpc")
        self.is_json = kind.startswith("application/json")
        self.is_traces = self.path.rstrip("/").endswith(
            ("/v1/traces", "TraceService/Export"))
        self.encoding = named.get(
            "grpc-encoding" if self.is_grpc else "content-encoding",
            "identity").lower()

    def message(self):
        """(encoding, bytes) of its one OTLP message as it was compressed."""
        if not self.is_grpc:
            return self.encoding, self.body
        flag, size = struct.unpack_from(">BI", self.body)
        if len(self.body) != 5 + size:
            raise ValueError(f"{self.file}: more than one message")
        return (self.encoding if flag else "identity"), self.body[5:]

    def span_ids(self):
        """The ids of its spans; None if we cannot unpack it here."""
        text = unpack(*self.message())
        if text is None or not self.is_traces:
            return None
        return json_span_ids(json.loads(text)) if self.is_json \
            else protobuf_span_ids(text)


def read_requests(folder):
    folder = Path(folder)
    return [Request(folder, entry)
            for entry in read_json(folder, "request.json")["requests"]]


def unpack(encoding, data):
    if encoding == "identity":
        return data
    if encoding == "gzip":
        return gzip.decompress(data)
    if encoding in ("deflate", "zlib"):
        return zlib.decompress(data)
    if encoding == "zstd":
        return unpack_zstd(data)
    return None


def unpack_zstd(data):
    name = ctypes.util.find_library("zstd") or "libzstd.so.1"
    library = ctypes.CDLL(name)
    library.ZSTD_decompress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(UNPACKED_MOST)
    size = library.ZSTD_decompress(out, ctypes.c_size_t(len(out)), data,
                                   ctypes.c_size_t(len(data)))
    if size > UNPACKED_MOST:
        raise ValueError("not zstd")
    return out.raw[:size]


def fields(data):
    """(number, value) of a protobuf message; bytes for a length."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 2:
            size, at = varint(data, at)
            yield tag >> 3, data[at:at + size]
            at += size
        elif tag & 7 == 0:
            value, at = varint(data, at)
            yield tag >> 3, value
        else:
            at += 8 if tag & 7 == 1 else 4


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def inner(data, number):
    return (value for key, value in fields(data) if key == number)


def protobuf_span_ids(data):
    return [next(inner(span, 2), b"").hex()
            for resource in inner(data, 1) for scope in inner(resource, 2)
            for span in inner(scope, 2)]


def json_span_ids(document):
    return [span["spanId"].lower()
            for resource in document.get("resourceSpans", [])
            for scope in resource.get("scopeSpans", [])
            for span in scope.get("spans", [])]
