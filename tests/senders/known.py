"""The spans of spans.json as senders make them, and as the server must have
kept them: by its REST routes while it runs, by `export` afterwards."""
import json
import time
from pathlib import Path
from urllib.parse import quote

FILE = Path(__file__).resolve().parent / "spans.json"
KNOWN = json.loads(FILE.read_text())
PROJECT = KNOWN["project"]
COUNT = KNOWN["rounds"] * len(KNOWN["spans"])
KINDS = ["", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
STATUSES = {"UNSET": 0, "OK": 1, "ERROR": 2}


class Wrong(Exception):
    """Says what is not as it was sent."""


def equal(found, wanted, what):
    # 1 and True and 1.0 are three things here
    if repr(found) != repr(wanted):
        raise Wrong(f"{what} is {found!r:.300}, wanted {wanted!r:.300}")


def equal_values(found, wanted, what):
    """The same keys and values, in any order."""
    for key in sorted(found.keys() | wanted.keys()):
        equal(found.get(key), wanted.get(key), f"{what}: {key}")


def sorted_by_key(values):
    return dict(sorted(values.items()))


def spans_path(project=PROJECT):
    return f"/v1/projects/{quote(project, safe='')}/spans"


def wait_for(server, count, project=PROJECT, patience=15.0):
    """The spans of a project by their ids, once there are `count`."""
    rows, end = [], time.monotonic() + patience
    while time.monotonic() < end:
        if server.request("GET", spans_path(project))[0] == 200:
            rows = server.pages(spans_path(project), 100)
            if len(rows) >= count:
                break
        time.sleep(0.05)
    equal(len(rows), count, "the number of spans")
    return {row["context"]["span_id"]: row for row in rows}


def counters(server):
    """The metrics without labels."""
    text = server.request("GET", "/metrics")[2].decode()
    pairs = [line.split() for line in text.splitlines()]
    return {pair[0]: float(pair[1]) for pair in pairs
            if len(pair) == 2 and "{" not in pair[0]}


def check_counters(server, count, grpc):
    """All taken at the first try, by the port that was meant."""
    found = counters(server)
    equal(found["phoenix_spans_accepted_total"], float(count), "accepted")
    equal(found["phoenix_spans_duplicate_total"], 0.0, "duplicates")
    equal(found["phoenix_spans_rejected_total"], 0.0, "rejected")
    if (found["phoenix_grpc_requests_total"] > 0) != grpc:
        raise Wrong(f"{found['phoenix_grpc_requests_total']:.0f} requests "
                    f"came by gRPC")


class Sent:
    """One span a sender made, with the ids it told us."""

    def __init__(self, said, first):
        self.wanted = KNOWN["spans"][said["index"]]
        self.said = said
        self.round = first  # where its round begins among all said

    @staticmethod
    def read(output):
        lines = [json.loads(line) for line in output.splitlines()]
        equal(len(lines), COUNT, "the number of spans made")
        size = len(KNOWN["spans"])
        return [Sent(line, i - i % size) for i, line in enumerate(lines)]

    def attributes(self):
        return dict(self.wanted["attributes"])

    def events(self):
        return [(event["name"], sorted_by_key(event["attributes"]))
                for event in self.wanted.get("events", [])]

    def parent_id(self, all_sent):
        index = self.wanted["parent"]
        return None if index is None else \
            all_sent[self.round + index].said["span_id"]

    def links(self, all_sent):
        return [(all_sent[self.round + link["span"]].said["trace_id"],
                 all_sent[self.round + link["span"]].said["span_id"],
                 sorted_by_key(link["attributes"]))
                for link in self.wanted.get("links", [])]


def check_row(row, sent, all_sent):
    wanted, name = sent.wanted, sent.wanted["name"]
    attributes = sent.attributes()
    kind = attributes.pop("openinference.span.kind", "UNKNOWN")
    equal(row["name"], name, "a name")
    equal(row["context"]["trace_id"], sent.said["trace_id"], f"{name}: trace")
    equal(row["parent_id"], sent.parent_id(all_sent), f"{name}: parent_id")
    equal(row["span_kind"], kind, f"{name}: span_kind")
    equal(row["status_code"], wanted.get("status", "UNSET"),
          f"{name}: status_code")
    equal(row["status_message"], wanted.get("message", ""),
          f"{name}: status_message")
    equal_values(row["attributes"], attributes, f"{name}: attributes")
    equal([(event["name"], sorted_by_key(event["attributes"]))
           for event in row["events"]], sent.events(), f"{name}: events")


# --- OTLP/JSON, as export writes it ----------------------------------------

def any_value(value):
    kind, inner = next(iter(value.items()))
    if kind == "intValue":
        return int(inner)
    if kind == "doubleValue":
        return float(inner)
    if kind == "arrayValue":
        return [any_value(item) for item in inner.get("values", [])]
    return inner


def values(attributes):
    return sorted_by_key({pair["key"]: any_value(pair["value"])
                          for pair in attributes or []})


def exported(server):
    """The spans of a stopped server's store by their ids; each with its
    "resource" and "scope"."""
    done = server.run("export", "--format", "json")
    equal(done.returncode, 0, "export's status")
    found = {}
    for line in done.stdout.splitlines():
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    span["resource"] = values(
                        resource["resource"].get("attributes"))
                    span["scope"] = scope.get("scope", {})
                    found[span["spanId"]] = span
    return found


def check_span(span, sent, all_sent):
    wanted, name = sent.wanted, sent.wanted["name"]
    equal(span["name"], name, "an exported name")
    equal(span["traceId"], sent.said["trace_id"], f"{name}: traceId")
    equal(span.get("parentSpanId"), sent.parent_id(all_sent),
          f"{name}: parentSpanId")
    equal(KINDS[span["kind"]], wanted["kind"], f"{name}: kind")
    equal(span["startTimeUnixNano"], sent.said["start"], f"{name}: start")
    equal(span["endTimeUnixNano"], sent.said["end"], f"{name}: end")
    equal(span["status"].get("code", 0),
          STATUSES[wanted.get("status", "UNSET")], f"{name}: status")
    equal_values(values(span.get("attributes")), sent.attributes(),
                 f"{name}: exported attributes")
    equal([(event["name"], values(event.get("attributes")))
           for event in span.get("events", [])], sent.events(),
          f"{name}: exported events")
    equal([(link["traceId"], link["spanId"], values(link.get("attributes")))
           for link in span.get("links", [])], sent.links(all_sent),
          f"{name}: links")
    resource = {**KNOWN["resource"], "openinference.project.name": PROJECT}
    equal({key: span["resource"].get(key) for key in resource}, resource,
          f"{name}: resource")
    equal({key: span["scope"].get(key) for key in KNOWN["scope"]},
          KNOWN["scope"], f"{name}: scope")


def check(server, output, grpc):
    """All of what a sender printed that it sent is there as it was sent; the
    server is stopped by the way. Returns what to tell."""
    all_sent = Sent.read(output)
    rows = wait_for(server, COUNT)
    for sent in all_sent:
        check_row(rows[sent.said["span_id"]], sent, all_sent)
    check_counters(server, COUNT, grpc)
    equal(server.stop(), 0, "the server's exit status")
    spans = exported(server)
    equal(len(spans), COUNT, "the number of spans exported")
    for sent in all_sent:
        check_span(spans[sent.said["span_id"]], sent, all_sent)
    return f"{COUNT} spans"
