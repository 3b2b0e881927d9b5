#!/usr/bin/env python3
"""Runs vectors: recorded inputs and what must come of them.

    check.py [--build DIR] FOLDER [FAMILY...]

A family is a file of FOLDER; without names all that have a runner here. One
line a failure, one for what cannot be tried and why, and at the end
"N passed, N failed". Standard library only.
"""
import argparse
import base64
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))

import datasets
import library as phoenix
import prompts
import rest
from compare import differences, load_json, unwrap
from rest import rest_time


class Skip(Exception):
    """The vector cannot be tried through the public interface."""


def any_value(value):
    """A JSON value as an OTLP/JSON AnyValue."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(v) for v in value]}}
    return {"kvlistValue": {"values": key_values(value.items())}}


def key_values(pairs):
    return [{"key": k, "value": any_value(v)} for k, v in pairs]


def plain_value(value):
    """The way back; bytes stay base64."""
    if not value:
        return None
    (kind, inner), = value.items()
    if kind == "intValue":
        return int(inner)
    if kind == "doubleValue":
        return float(inner)
    if kind == "arrayValue":
        return [plain_value(v) for v in inner.get("values", [])]
    if kind == "kvlistValue":
        return plain_attributes(inner.get("values", []))
    return inner


def plain_attributes(pairs):
    return {pair["key"]: plain_value(pair.get("value")) for pair in pairs}


def pairs_as_json(pairs):
    """A JSON object that may have equal keys."""
    return "{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v)}"
                           for k, v in pairs) + "}"


# --- attributes ------------------------------------------------------------

DEFAULT_OPTIONS = ({}, {"recurse_on_sequence": True})


def try_attributes(library, vector, _):
    pairs = vector.get("flat_pairs") or list(vector["flat"].items())
    operation, options = vector["op"], vector.get("opts", {})
    if operation == "unflatten":
        if options:
            raise Skip("phoenix.h has no options for unflatten")
        found = load_json(library.unflatten(pairs_as_json(pairs).encode()))
        if "error" not in vector:
            yield from differences(vector["nested"], found)
    elif operation == "flatten":
        if options not in DEFAULT_OPTIONS:
            raise Skip("phoenix.h has no options for flatten")
        if not options and any(isinstance(v, list) for _, v in pairs):
            raise Skip("phoenix.h always walks into arrays of objects")
        text = library.flatten(json.dumps(vector["nested"]).encode())
        found = load_json(text, object_pairs_hook=keep_pairs)
        yield from differences([list(pair) for pair in pairs], found)
    else:
        request = {"resourceSpans": [{"scopeSpans": [{"spans": [{
            "traceId": "01" * 16, "spanId": "02" * 8, "name": "op",
            "attributes": key_values(pairs)}]}]}]}
        spans, _, _ = library.decode(phoenix.JSON,
                                     json.dumps(request).encode())
        yield from differences(vector["nested"],
                               load_json(spans[0]["attributes"]))


def keep_pairs(pairs):
    """The outermost object as pairs, inner ones as objects."""
    return Pairs(pairs)


class Pairs(list):
    def __init__(self, pairs):
        super().__init__([key, unpair(value)] for key, value in pairs)


def unpair(value):
    if isinstance(value, Pairs):
        return {key: item for key, item in value}
    if isinstance(value, list):
        return [unpair(item) for item in value]
    return value


# --- otlp_decode ------------------------------------------------------------

SPAN_TEXTS = {"project": "project", "trace_id": "trace_id",
              "span_id": "span_id", "parent_id": "parent_id", "name": "name",
              "span_kind": "kind", "status_code": "status_code",
              "status_message": "status_message"}


def event_as_expected(event):
    time = event.get("timestamp")
    return {**event, "timestamp":
            rest_time(time) if isinstance(time, int) else time}


def span_differences(wanted, found, attributes, events):
    if "compare_only" in wanted:
        tree = load_json(found["attributes"])
        for path in wanted["compare_only"]:
            key = path.partition(".")[2]
            yield from differences(wanted["attributes"][key], tree.get(key),
                                   path)
        return
    for name, field in SPAN_TEXTS.items():
        yield from differences(unwrap(wanted[name]), found[field], name)
    for name in ("start_time", "end_time"):
        yield from differences(wanted[name], rest_time(found[name]), name)
    yield from differences(unwrap(attributes),
                           load_json(found["attributes"]), "attributes")
    yield from differences(
        unwrap(events),
        [event_as_expected(e) for e in load_json(found["events"] or "[]")],
        "events")


def kept_differences(wanted, otlp):
    """What only OTLP shows: of the first span of the request."""
    resource = otlp["resourceSpans"][0]
    scope = resource["scopeSpans"][0]
    span = scope["spans"][0]
    found = {
        "trace_state": span.get("traceState", ""),
        "flags": span.get("flags", 0),
        "dropped_attributes_count": span.get("droppedAttributesCount", 0),
        "links": [{"trace_id": link["traceId"], "span_id": link["spanId"],
                   "trace_state": link.get("traceState", ""),
                   "flags": link.get("flags", 0),
                   "attributes": plain_attributes(link.get("attributes", []))}
                  for link in span.get("links", [])],
        "resource": plain_attributes(
            resource.get("resource", {}).get("attributes", [])),
        "scope": {"name": scope.get("scope", {}).get("name", ""),
                  "version": scope.get("scope", {}).get("version", ""),
                  "attributes": plain_attributes(
                      scope.get("scope", {}).get("attributes", []))}}
    # The resource names the project, so that another store finds it.
    found["resource"].pop("openinference.project.name", None)
    for name, value in wanted.items():
        yield from differences(unwrap(value), found[name], f"kept.{name}")


def try_otlp_decode(library, vector, _):
    body = base64.b64decode(vector["in"]["otlp_b64"])
    expect = vector["expect"]
    try:
        spans, rejected, _ = library.decode(phoenix.PROTOBUF, body)
    except phoenix.PhoenixError as error:
        if "request_error" not in expect or error.status != -3:
            yield f"refused with {error.status}: {error}"
        return
    if "request_error" in expect:
        yield f"decoded {len(spans)} spans, wanted a refusal"
        return
    refused = [s for s in expect["spans"]
               if s.get("stored_why", "").startswith("rejected")]
    wanted = [s for s in expect["spans"] if s not in refused]
    yield from differences(len(refused), rejected, "rejected spans")
    yield from differences(len(wanted), len(spans), "decoded spans")
    for index, (span, found) in enumerate(zip(wanted, spans)):
        for line in span_differences(span, found, span["attributes"],
                                     span["events"]):
            yield f"decoded[{index}].{line}"

    report, spans, otlp = library.store_and_read(phoenix.PROTOBUF, body)
    wanted = [s for s in wanted if s["stored"]]
    yield from differences(len(wanted), report.accepted, "accepted")
    yield from differences(len(wanted), len(spans), "stored spans")
    for index, (span, found) in enumerate(zip(wanted, spans)):
        for line in span_differences(
                span, found, span.get("stored_attributes",
                                      span["attributes"]),
                span.get("stored_events", span["events"])):
            yield f"stored[{index}].{line}"
        if "kept" in span:
            yield from kept_differences(span["kept"], load_json(otlp))


# --- gen_ai -----------------------------------------------------------------

def open_json_texts(value):
    """JSON text of objects and arrays as what it says, at any depth."""
    if isinstance(value, dict):
        return {key: open_json_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [open_json_texts(item) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return {"json text": open_json_texts(load_json(value))}
        except ValueError:
            pass
    return value


def try_gen_ai(library, vector, _):
    body = base64.b64decode(vector["in"]["otlp_b64"])
    spans, _, _ = library.decode(phoenix.PROTOBUF, body)
    yield from differences(vector["expect"]["span_kind"], spans[0]["kind"],
                           "span_kind")
    yield from differences(
        open_json_texts(unwrap(vector["expect"]["attributes"])),
        open_json_texts(load_json(spans[0]["attributes"])), "attributes")


FAMILIES = {"attributes": try_attributes, "otlp_decode": try_otlp_decode,
            "gen_ai": try_gen_ai, "span_rest": rest.SpanRest,
            "timestamps_ids": rest.TimestampsIds,
            "dataset_flow": datasets.DatasetFlow,
            "prompt_render": prompts.try_prompt_render}


def run_family(name, document, library, build):
    """(passed, failed); prints a line for each failure."""
    vectors = document["vectors"] if isinstance(document, dict) else document
    runner, state = FAMILIES[name], None
    passed, failed, skipped = 0, 0, {}
    if isinstance(runner, type):
        state = runner(build, document)
        runner = state.try_vector
    try:
        for vector in vectors:
            label = f"{name} {vector.get('id') or vector['name']}"
            try:
                wrong = list(runner(library, vector, document))
            except (Skip, rest.Skip) as reason:
                skipped[str(reason)] = skipped.get(str(reason), 0) + 1
                continue
            except Exception as error:  # a vector must not hide the others
                wrong = [f"{type(error).__name__}: {error}"]
            if wrong:
                failed += 1
                print(f"{label}: {wrong[0]}"
                      + (f" (and {len(wrong) - 1} more)" if wrong[1:] else ""))
            else:
                passed += 1
    finally:
        if state:
            state.close()
    for reason, count in skipped.items():
        print(f"{name}: {count} not tried: {reason}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("folder", type=Path)
    parser.add_argument("families", nargs="*")
    options = parser.parse_args()
    library = phoenix.Library(
        (Path(options.build) / "libphoenix.so").resolve())
    passed, failed = 0, 0
    for name in options.families or sorted(
            p.stem for p in options.folder.glob("*.json")):
        path = options.folder / f"{name}.json"
        if name not in FAMILIES or not path.exists():
            print(f"{name}: " + ("no such file" if name in FAMILIES else
                                 "no runner for this family"))
            failed += bool(options.families)
            continue
        good, bad = run_family(name, json.loads(path.read_text()), library,
                               options.build)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
