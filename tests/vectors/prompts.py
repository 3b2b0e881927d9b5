"""The family prompt_render: templates filled, and hashes of examples."""
import base64
import ctypes as c
import json

import library as phoenix
from compare import differences, load_json

FORMATS = ["MUSTACHE", "F_STRING", "NONE"]


class Item(c.Structure):
    _fields_ = [(name, phoenix.Text) for name in (
        "input", "output", "metadata", "external_id")] + [
            ("example", c.c_int64), ("span_id", phoenix.Text),
            ("splits", phoenix.Text)]


class Change(c.Structure):
    _fields_ = [(name, c.c_int64) for name in (
        "dataset", "version", "created", "updated", "deleted")]


class Example(c.Structure):
    _fields_ = [("id", c.c_int64), ("version", c.c_int64),
                ("updated_at", c.c_uint64)] + [
                    (name, phoenix.Text) for name in (
                        "external_id", "input", "output", "metadata", "hash",
                        "strict_hash")]


def given(value):
    """A wrapped input as Python's json has it, NaN as well."""
    if isinstance(value, list):
        return [given(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key == "$double":
            return float(inner)
        if key == "$int":
            return int(inner)
        if key == "$str":
            return base64.b64decode(inner).decode("utf-8", "surrogatepass")
        if key == "$obj":
            return {given(k): given(v) for k, v in inner}
    return {key: given(item) for key, item in value.items()}


def as_bytes(value):
    return json.dumps(value, ensure_ascii=False).encode("utf-8",
                                                        "surrogatepass")


def try_prompt_render(library, vector, _):
    expect = vector["expect"]
    try:
        if vector["op"] == "render":
            found = {"text": render(library, vector)}
        else:
            found = {"hash": content_hash(library, vector["in"])}
    except phoenix.PhoenixError:
        found = {"error": True}
    yield from differences(
        {"error": True} if "error" in expect else given(expect), found)
    if "variables" in vector:
        yield from differences(vector["variables"],
                               variables(library, vector), "variables")


def template(vector):
    text = given(vector["in"]["template"]).encode()
    return [c.c_int32(FORMATS.index(vector["in"]["format"])), text,
            c.c_size_t(len(text))]


def render(library, vector):
    values = as_bytes(given(vector["in"]["variables"]))
    return library.written("phx_prompt_render", *template(vector), values,
                           c.c_size_t(len(values)))[1].decode()


def variables(library, vector):
    """None where the template cannot be read."""
    try:
        return load_json(library.written("phx_prompt_variables",
                                         *template(vector))[1])
    except phoenix.PhoenixError:
        return None


def content_hash(library, example):
    texts = {name: as_bytes(given(example[name]))
             for name in ("input", "output", "metadata")}
    item = Item(**{name: phoenix.Text(c.cast(c.c_char_p(text), c.c_void_p),
                                      len(text))
                   for name, text in texts.items()})
    store, cursor, row = c.c_void_p(), c.c_void_p(), c.POINTER(Example)()
    library.call("phx_store_open", b"sqlite::memory:", None, c.byref(store))
    try:
        library.call("phx_dataset_put", store, b"hashed", c.c_int32(0), None,
                     c.byref(item), c.c_size_t(1), c.byref(Change()))
        library.call("phx_store_find_examples", store, c.c_int64(1),
                     c.c_int64(0), c.c_int64(0), c.c_int64(0),
                     c.byref(cursor))
        library.call("phx_cursor_next_example", cursor, c.byref(row))
        return row.contents.hash.get()
    finally:
        library.c.phx_cursor_close(cursor)
        library.c.phx_store_close(store)
