"""One gRPC call over plain HTTP/2, byte for byte as the caller gives it.

    answer = call(port, headers, body)      {"headers": {...}, "data": bytes}

A real gRPC library would compress, frame and name things its own way; a
recording must go out as it came. Sent headers are literal; those that come
back are read by the HPACK decoder of libnghttp2, through ctypes.
"""
import ctypes
import ctypes.util
import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = \
    0, 1, 3, 4, 6, 7, 8
CONTINUATION = 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


class Field(ctypes.Structure):
    _fields_ = [("name", ctypes.POINTER(ctypes.c_ubyte)),
                ("value", ctypes.POINTER(ctypes.c_ubyte)),
                ("name_size", ctypes.c_size_t),
                ("value_size", ctypes.c_size_t),
                ("flags", ctypes.c_uint8)]


def load_nghttp2():
    name = ctypes.util.find_library("nghttp2") or "libnghttp2.so.14"
    library = ctypes.CDLL(name)
    library.nghttp2_hd_inflate_hd2.restype = ctypes.c_ssize_t
    library.nghttp2_hd_inflate_hd2.argtypes = [
        ctypes.c_void_p, ctypes.POINTER(Field), ctypes.POINTER(ctypes.c_int),
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    return library


class Inflater:
    def __init__(self):
        self.library = load_nghttp2()
        self.handle = ctypes.c_void_p()
        self.library.nghttp2_hd_inflate_new(ctypes.byref(self.handle))

    def read(self, block):
        found, at = {}, 0
        field, flags = Field(), ctypes.c_int()
        while True:
            used = self.library.nghttp2_hd_inflate_hd2(
                self.handle, ctypes.byref(field), ctypes.byref(flags),
                block[at:], len(block) - at, 1)
            if used < 0:
                raise ValueError(f"HPACK error {used}")
            at += used
            if flags.value & 2:
                name = ctypes.string_at(field.name, field.name_size)
                value = ctypes.string_at(field.value, field.value_size)
                found[name.decode()] = value.decode(errors="replace")
            if flags.value & 1:
                self.library.nghttp2_hd_inflate_end_headers(self.handle)
                return found
            if not used and not flags.value & 2:
                return found

    def close(self):
        self.library.nghttp2_hd_inflate_del(self.handle)


def integer(value, bits):
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    out, value = [most], value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


def literal(pairs):
    block = b""
    for name, value in pairs:
        name, value = name.lower().encode(), value.encode()
        block += b"\0" + integer(len(name), 7) + name
        block += integer(len(value), 7) + value
    return block


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
        struct.pack(">I", stream) + payload


class Call:
    def __init__(self, port, headers, body):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.inflater = Inflater()
        self.window = {0: 65535, 1: 65535}
        self.left, self.ended = memoryview(body), False
        self.found, self.data, self.block = {}, b"", b""
        self.done = False
        self.socket.sendall(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0)
            + frame(HEADERS, END_HEADERS, 1, literal(headers)))

    def receive(self, size):
        out = b""
        while len(out) < size:
            part = self.socket.recv(size - len(out))
            if not part:
                raise ConnectionError("the server closed the connection")
            out += part
        return out

    def send_what_fits(self):
        while not self.ended:
            size = min(len(self.left), self.window[0], self.window[1], 16384)
            if size <= 0 and len(self.left):
                return
            self.ended = size == len(self.left)
            self.socket.sendall(frame(DATA, END_STREAM if self.ended else 0,
                                      1, bytes(self.left[:size])))
            self.left = self.left[size:]
            for key in self.window:
                self.window[key] -= size

    def take_headers(self, flags, payload):
        self.block += payload
        if flags & END_HEADERS:
            self.found.update(self.inflater.read(self.block))
            self.block = b""

    def step(self):
        head = self.receive(9)
        size = int.from_bytes(head[:3], "big")
        kind, flags = head[3], head[4]
        stream = int.from_bytes(head[5:], "big") & 0x7fffffff
        payload = self.receive(size)
        if kind == SETTINGS and not flags & ACK:
            for at in range(0, size, 6):
                name, value = struct.unpack_from(">HI", payload, at)
                if name == 4:
                    self.window[1] += value - 65535
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == WINDOW_UPDATE:
            self.window[stream] += int.from_bytes(payload, "big")
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind in (HEADERS, CONTINUATION):
            self.take_headers(flags, payload)
            self.done |= kind == HEADERS and bool(flags & END_STREAM)
        elif kind == DATA:
            self.data += payload
            self.done |= bool(flags & END_STREAM)
        elif kind == RST_STREAM:
            self.found.setdefault("reset",
                                  str(int.from_bytes(payload, "big")))
            self.done = True
        elif kind == GOAWAY and not self.found:
            raise ConnectionError(f"GOAWAY {payload[4:8].hex()}")

    def run(self):
        try:
            while not self.done:
                self.send_what_fits()
                self.step()
        except BrokenPipeError:
            pass
        finally:
            self.socket.close()
            self.inflater.close()
        return {"headers": self.found, "data": self.data}


def call(port, headers, body):
    """headers: pairs, the pseudo-headers first."""
    return Call(port, headers, body).run()


def export(port, message, encoding=None, more=()):
    """An Export call of an uncompressed or compressed message."""
    pairs = [(":method", "POST"), (":scheme", "http"), (":path", EXPORT),
             (":authority", f"127.0.0.1:{port}"),
             ("content-type", "application/grpc"), ("te", "trailers")]
    if encoding:
        pairs.append(("grpc-encoding", encoding))
    prefix = struct.pack(">BI", 1 if encoding else 0, len(message))
    return call(port, pairs + list(more), prefix + message)
