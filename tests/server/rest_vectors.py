"""The REST vectors: requests to a fresh server and what must come back.

    python3 tests/server/rest_vectors.py --build build ../shared/vectors

Vectors whose routes are not part of the server are named in ABSENT and must
answer 501. Prints one line a failure, then "N passed, N failed".
"""
import argparse
import base64
import datetime
import json
import sys
from pathlib import Path
from urllib.parse import quote

from running import Server

# Annotations and GraphQL are for later; their rows of the table say 501.
ABSENT = {f"r{n}" for n in range(109, 116)} | {"r_rollup_Doy", "r_rollup_Doz"}


def body_of(request):
    if "json" in request:
        return json.dumps(request["json"]).encode()
    if "body_text" in request:
        return request["body_text"].encode()
    if "body_b64" in request:
        return base64.b64decode(request["body_b64"])
    return None


def send(server, request):
    return server.request(request["method"], request["path"],
                          body_of(request), request.get("headers", {}))


def is_time(value):
    if not isinstance(value, str):
        return False
    try:
        return datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def by_key(items):
    """OTLP attributes in order of their keys: the reference puts them in the
    order of a hash set."""
    if items and all(isinstance(item, dict) and item.keys() == {"key", "value"}
                     for item in items):
        return sorted(items, key=lambda item: item["key"])
    return items


def differs(expected, actual, path="$"):
    """Where two values part, or None."""
    if isinstance(expected, dict) and len(expected) == 1:
        if "$any" in expected:
            fits = (is_time(actual) if expected["$any"] == "datetime"
                    else isinstance(actual, str))
            return None if fits else f"{path}: {actual!r}"
        if "$contains" in expected:
            fits = isinstance(actual, str) and expected["$contains"] in actual
            return None if fits else f"{path}: {actual!r}"
    if isinstance(expected, dict) and isinstance(actual, dict):
        if expected.keys() != actual.keys():
            return f"{path}: members {sorted(actual)}"
        found = (differs(expected[k], actual[k], f"{path}.{k}")
                 for k in expected)
        return next((text for text in found if text), None)
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{path}: {len(actual)} items, not {len(expected)}"
        found = (differs(e, a, f"{path}[{i}]")
                 for i, (e, a) in enumerate(zip(by_key(expected),
                                                by_key(actual))))
        return next((text for text in found if text), None)
    if isinstance(expected, bool) != isinstance(actual, bool) or \
            expected != actual or \
            isinstance(expected, float) != isinstance(actual, float):
        return f"{path}: {actual!r} is not {expected!r}"
    return None


def wrong_status(expect, status):
    if "status" in expect:
        return status != expect["status"]
    if "status_any" in expect:
        return status not in expect["status_any"]
    if "status_class" in expect:
        return f"{status // 100}xx" != expect["status_class"]
    return False


def check(expect, status, headers, body):
    """What is wrong with an answer, or None."""
    if wrong_status(expect, status):
        return f"status {status}: {body[:200]!r}"
    if "content_type" in expect and \
            headers.get("content-type") != expect["content_type"]:
        return f"content type {headers.get('content-type')}"
    if expect.get("empty") and body:
        return f"body {body[:100]!r}"
    if headers.get("x-phoenix-server-version") != "20.3.0":
        return "no version header"
    if "json" in expect:
        return differs(expect["json"], json.loads(body))
    if "text_json" in expect:
        return differs(expect["text_json"], json.loads(body))
    if "text" in expect:
        return differs(expect["text"], body.decode())
    return None


def walk(server, rule):
    """The items of all pages, one by one, until the cursor ends."""
    items, cursor = [], None
    base = rule["path"] + ("&" if "?" in rule["path"] else "?")
    while len(items) < 20:
        page = server.get_json(
            base + f"limit={rule['limit']}"
            + (f"&cursor={quote(cursor)}" if cursor else ""))
        items += [row[rule["field"]] for row in page["data"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    return items


def run(server, vector):
    if "walk" in vector:
        items = walk(server, vector["walk"])
        return None if items == vector["expect"]["items"] else f"got {items}"
    status, headers, body = send(server, vector["request"])
    if vector["id"] in ABSENT:
        return None if status == 501 else f"status {status}, not 501"
    return check(vector["expect"], status, headers, body)


def ingest(server, requests):
    for request in requests:
        status, headers, body = send(server, request["request"])
        wrong = check(request["response"], status, headers, body)
        if wrong:
            raise SystemExit(f"ingest '{request['why']}': {wrong}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("vectors", type=Path)
    options = parser.parse_args()
    data = json.loads((options.vectors / "span_rest.json").read_text())
    early = [v for v in data["vectors"] if v.get("after") == "ingest"]
    late = [v for v in data["vectors"] if v.get("after") != "ingest"]
    passed = failed = 0
    for vectors in (early, late):
        with Server(options.build) as server:
            ingest(server, data["ingest"])
            for vector in vectors:
                wrong = run(server, vector)
                if wrong:
                    failed += 1
                    print(f"{vector['id']} {vector['why']}: {wrong}")
                else:
                    passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
