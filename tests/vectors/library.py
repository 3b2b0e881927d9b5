"""As much of phoenix.h as the vectors need, through ctypes."""
import ctypes as c

OK, DONE = 0, 1
PROTOBUF, JSON = 0, 1
NEWEST_FIRST, OLDEST_FIRST = 0, 1
STATUS_CODES = ["UNSET", "OK", "ERROR"]


class Error(c.Structure):
    _fields_ = [("status", c.c_int32), ("os_code", c.c_int32),
                ("offset", c.c_int64), ("message", c.c_char * 496)]


class Text(c.Structure):
    _fields_ = [("data", c.c_void_p), ("size", c.c_size_t)]

    def get(self):
        if not self.data:
            return None
        return c.string_at(self.data, self.size).decode()


class Buf(c.Structure):
    _fields_ = [("data", c.c_void_p), ("size", c.c_size_t),
                ("capacity", c.c_size_t)]


class Report(c.Structure):
    _fields_ = [("accepted", c.c_int64), ("duplicate", c.c_int64),
                ("rejected", c.c_int64)]


class Span(c.Structure):
    _fields_ = [
        ("id", c.c_int64), ("trace", c.c_int64), ("session", c.c_int64),
        ("project_id", c.c_int64), ("start_time", c.c_uint64),
        ("end_time", c.c_uint64), ("prompt_tokens", c.c_int64),
        ("completion_tokens", c.c_int64), ("status", c.c_int32),
        ("flags", c.c_int32)] + [(name, Text) for name in (
            "trace_id", "span_id", "parent_id", "project", "session_id",
            "name", "kind", "status_message", "trace_state", "attributes",
            "events")]


class SpanQuery(c.Structure):
    _fields_ = [
        ("size", c.c_size_t), ("project", c.c_int64), ("from_", c.c_int64),
        ("start_time", c.c_uint64), ("end_time", c.c_uint64),
        ("limit", c.c_int64), ("order", c.c_int32),
        ("attributes", c.c_int32), ("kinds", c.c_uint32),
        ("statuses", c.c_uint32), ("roots_only", c.c_int32),
        ("flags", c.c_int32)] + [
            (name, kind) for lists in (
                "trace_id", "span_id", "parent_id", "name", "test")
            for name, kind in ((lists + "s", c.c_void_p),
                               (lists + "_count", c.c_size_t))]


class PhoenixError(Exception):
    def __init__(self, error):
        super().__init__(error.message.decode())
        self.status, self.offset = error.status, error.offset


class Library:
    def __init__(self, path):
        self.c = c.CDLL(str(path))
        self.c.phx_batch_span.restype = c.POINTER(Span)
        self.c.phx_batch_span.argtypes = [c.c_void_p, c.c_size_t]
        self.c.phx_batch_size.restype = c.c_size_t
        self.c.phx_batch_rejected.restype = c.c_size_t

    def call(self, name, *arguments):
        error = Error()
        status = getattr(self.c, name)(*arguments, c.byref(error))
        if status < 0:
            raise PhoenixError(error)
        return status

    def written(self, name, *arguments):
        """The bytes a call writes to its phx_buf."""
        buf = Buf()
        try:
            status = self.call(name, *arguments, c.byref(buf))
            return status, c.string_at(buf.data, buf.size)
        finally:
            self.c.phx_buf_free(c.byref(buf))

    def unflatten(self, text):
        return self.written("phx_attributes_unflatten", text,
                            c.c_size_t(len(text)))[1].decode()

    def flatten(self, text):
        return self.written("phx_attributes_flatten", text,
                            c.c_size_t(len(text)))[1].decode()

    def decode(self, form, body):
        """(spans as dicts, spans left out, why)"""
        batch, reason = c.c_void_p(), c.c_char_p()
        self.call("phx_batch_decode", c.c_int32(form), body,
                  c.c_size_t(len(body)), None, c.byref(batch))
        try:
            count = self.c.phx_batch_size(batch)
            rejected = self.c.phx_batch_rejected(batch, c.byref(reason))
            spans = [span_as_dict(self.c.phx_batch_span(batch, i).contents)
                     for i in range(count)]
            return spans, rejected, (reason.value or b"").decode()
        finally:
            self.c.phx_batch_free(batch)

    def store_and_read(self, form, body):
        """Stores a request in memory: (report, spans, the same as OTLP)."""
        store, report = c.c_void_p(), Report()
        self.call("phx_store_open", b"sqlite::memory:", None, c.byref(store))
        try:
            self.call("phx_store_ingest", store, None, c.c_int32(form), body,
                      c.c_size_t(len(body)), c.byref(report))
            return report, self.spans_of(store), self.otlp_of(store)
        finally:
            self.c.phx_store_close(store)

    def open_spans(self, store):
        cursor = c.c_void_p()
        query = SpanQuery(size=c.sizeof(SpanQuery), order=OLDEST_FIRST)
        self.call("phx_store_find_spans", store, c.byref(query),
                  c.byref(cursor))
        return cursor

    def spans_of(self, store):
        cursor, row, spans = self.open_spans(store), c.POINTER(Span)(), []
        try:
            while self.call("phx_cursor_next_span", cursor,
                            c.byref(row)) == OK:
                spans.append(span_as_dict(row.contents))
        finally:
            self.c.phx_cursor_close(cursor)
        return spans

    def otlp_of(self, store):
        """OTLP/JSON of all spans, as text; "" if there are none."""
        cursor = self.open_spans(store)
        try:
            status, text = self.written(
                "phx_cursor_next_otlp", cursor, c.c_int32(JSON),
                c.c_size_t(1000))
            return text.decode() if status == OK else ""
        finally:
            self.c.phx_cursor_close(cursor)


def span_as_dict(span):
    found = {name: value.get() if isinstance(value, Text) else value
             for name, value in ((name, getattr(span, name))
                                 for name, _ in Span._fields_)}
    found["status_code"] = STATUS_CODES[span.status]
    return found
