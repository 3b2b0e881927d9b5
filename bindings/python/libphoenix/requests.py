"""What needs no store: requests read, attributes nested and flattened,
conditions checked."""
from __future__ import annotations

import ctypes
import json
from typing import Any, Mapping, Optional, Union

from ._library import Handle, library, placed, written
from .queries import SPAN, c_text, choose, json_of, utf8
from .rows import Span
from .store import GRAINS, Bytes, request_bytes


def decode(data: Union[Bytes, str], format: str = "otlp",
           project: Optional[str] = None) -> list[Span]:
    """The spans of a request, as a store would keep them."""
    kind, given = request_bytes(data, format)
    batch = Handle(library.phx_batch_decode, kind, given, len(given),
                   c_text(project), free=library.phx_batch_free)
    spans = []
    for index in range(batch.use(library.phx_batch_size)):
        lent = batch.use(library.phx_batch_span, index)
        if lent:
            spans.append(SPAN.make(SPAN.copy(
                ctypes.addressof(lent.contents)), None))
    return spans


def flatten(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Nested attributes by dotted keys; nulls and empty objects vanish."""
    data = json_of(dict(attributes))
    found: dict[str, Any] = json.loads(written(
        library.phx_attributes_flatten, data, len(data))[1])
    return found


def unflatten(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted keys as nested attributes."""
    data = json_of(dict(attributes))
    found: dict[str, Any] = json.loads(written(
        library.phx_attributes_unflatten, data, len(data))[1])
    return found


def check_filter(filter: str, of: str = "spans") -> str:
    """A condition on "spans", "traces" or "sessions" in its canonical form,
    or Invalid with the byte at fault."""
    __tracebackhide__ = True
    data = utf8(filter)
    return placed(filter, written, library.phx_filter_check,
                  choose(GRAINS, of, "of"), data, len(data))[1].decode()
