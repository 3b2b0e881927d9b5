"""The families that need a server: span_rest and timestamps_ids."""
import base64
import json
import math
import urllib.parse

from compare import differences, is_pattern, load_json, matches
from running import Server


class Skip(Exception):
    """The vector cannot be tried through the server's interface."""


def rest_time(nanoseconds):
    """Nanoseconds as REST shows them: through a double of seconds, rounded to
    microseconds, ties to even."""
    fraction, seconds = math.modf(nanoseconds / 1e9)
    seconds, micros = int(seconds), round(fraction * 1e6)
    if micros == 1000000:
        seconds, micros = seconds + 1, 0
    days, rest = divmod(seconds, 86400)
    year, month, day = civil(days)
    text = (f"{year:04}-{month:02}-{day:02}T{rest // 3600:02}:"
            f"{rest // 60 % 60:02}:{rest % 60:02}")
    return text + (f".{micros:06}" if micros else "") + "+00:00"


def civil(days):
    """Days since 1970-01-01 as year, month, day."""
    days += 719468
    era, day_of_era = divmod(days, 146097)
    year = (day_of_era - day_of_era // 1460 + day_of_era // 36524
            - day_of_era // 146096) // 365
    day = day_of_era - (365 * year + year // 4 - year // 100)
    month = (5 * day + 2) // 153
    return (year + era * 400 + (month >= 10),
            month + 3 if month < 10 else month - 9,
            day - (153 * month + 2) // 5 + 1)


class SpanRest:
    """Sends the header's ingest, then each vector in order."""

    def __init__(self, build, document):
        self.server = Server(build)
        try:
            self.server.start()
            for step in document["ingest"]:
                wrong = list(self.exchange(step["request"],
                                           step["response"]))
                if wrong:
                    print(f"span_rest ingest, {step['why']}: {wrong[0]}")
        except BaseException:
            self.close()
            raise

    def close(self):
        self.server.__exit__()

    def try_vector(self, _library, vector, _document):
        if vector.get("after") == "ingest":
            raise Skip("roll-ups are GraphQL; phoenix.h tests have the totals")
        if "walk" in vector:
            yield from self.walk(vector["walk"], vector["expect"]["items"])
            return
        yield from self.exchange(vector["request"], vector["expect"])

    def walk(self, walk, wanted):
        found, cursor = [], None
        for _ in range(len(wanted) + 2):
            path = walk["path"] + ("&" if "?" in walk["path"] else "?") + \
                f"limit={walk['limit']}" + \
                (f"&cursor={urllib.parse.quote(cursor)}" if cursor else "")
            page = self.server.get_json(path)
            found += [row[walk["field"]] for row in page["data"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        yield from differences(wanted, found, "items")

    def exchange(self, request, expect):
        body = None
        if "body_b64" in request:
            body = base64.b64decode(request["body_b64"])
        elif "json" in request:
            body = json.dumps(request["json"]).encode()
        elif "body_text" in request:
            body = request["body_text"].encode()
        status, headers, data = self.server.request(
            request["method"], request["path"], body,
            request.get("headers", {}))
        yield from status_differences(expect, status)
        yield from differences("20.3.0",
                               headers.get("x-phoenix-server-version"),
                               "version header")
        if "content_type" in expect:
            yield from differences(expect["content_type"],
                                   headers.get("content-type"),
                                   "content type")
        if expect.get("empty") and data:
            yield f"body is {data[:80]!r}, wanted none"
        if "json" in expect or "text_json" in expect:
            wanted = expect.get("json", expect.get("text_json"))
            yield from differences(wanted, load_json(data), "json")
        if "text" in expect:
            text = data.decode()
            right = matches(expect["text"], text) \
                if is_pattern(expect["text"]) else expect["text"] == text
            if not right:
                yield f"text is {text[:80]!r}, wanted {expect['text']!r}"


def status_differences(expect, status):
    if "status_any" in expect:
        if status not in expect["status_any"]:
            yield f"status is {status}, wanted one of {expect['status_any']}"
    elif "status_class" in expect:
        if f"{status // 100}xx" != expect["status_class"]:
            yield f"status is {status}, wanted {expect['status_class']}"
    elif status != expect["status"]:
        yield f"status is {status}, wanted {expect['status']}"


class TimestampsIds:
    """What of times and ids REST shows; the rest says why it is not tried."""

    def __init__(self, build, _document):
        self.server = Server(build)
        self.count = 0
        try:
            self.server.start()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.server.__exit__()

    def try_vector(self, _library, vector, _document):
        operation = getattr(self, vector["op"], None)
        if not operation:
            raise Skip(f"{vector['op']} is not in the REST interface")
        yield from operation(vector["in"], vector["expect"])

    def store(self, project, times):
        """Spans at the times given, in ns, named by their order."""
        self.count += 1
        spans = [{"traceId": f"{self.count:032x}",
                  "spanId": f"{self.count * 16 + index:016x}",
                  "name": str(index), "startTimeUnixNano": str(time),
                  "endTimeUnixNano": str(time)}
                 for index, time in enumerate(times)]
        request = {"resourceSpans": [{
            "resource": {"attributes": [{
                "key": "openinference.project.name",
                "value": {"stringValue": project}}]},
            "scopeSpans": [{"spans": spans}]}]}
        status, _, body = self.server.request(
            "POST", "/v1/traces", json.dumps(request).encode(),
            {"Content-Type": "application/json"})
        if status != 200:
            raise RuntimeError(f"POST /v1/traces: {status} {body[:90]!r}")

    def otlp_nanos(self, given, expect):
        project = f"nanos {self.count}"
        self.store(project, [int(given["nanos"])])
        rows = self.server.pages(
            f"/v1/projects/{urllib.parse.quote(project)}/spans", 10)
        yield from differences(expect["text"], rows[0]["start_time"])

    def print_time(self, given, expect):
        if given["offset_minutes"] != 0:
            raise Skip("times of spans are in UTC")
        if given["epoch_us"] < 0 or given["epoch_us"] * 1000 >= 2 ** 64:
            raise Skip("a span's time is from 1970 to 2554")
        yield from self.otlp_nanos({"nanos": given["epoch_us"] * 1000},
                                   expect)

    def parse_query_time(self, given, expect):
        """A span at that microsecond and one before it: as the bound of a
        list, from there on comes the first, up to there the second."""
        text = urllib.parse.quote(given["text"])
        project = f"query {self.count}"
        if "epoch_us" not in expect:
            self.store(project, [1])
            status = self.server.request(
                "GET", f"/v1/projects/{urllib.parse.quote(project)}/spans"
                f"?start_time={text}")[0]
            yield from differences(422, status, "status")
            return
        time = expect["epoch_us"] * 1000
        if time < 1000 or time >= 2 ** 64:
            raise Skip("a span's time is from 1970 to 2554")
        self.store(project, [time - 1000, time])
        path = f"/v1/projects/{urllib.parse.quote(project)}/spans"
        for name, wanted in (("start_time", "1"), ("end_time", "0")):
            rows = self.server.pages(f"{path}?{name}={text}", 10)
            yield from differences([wanted], [row["name"] for row in rows],
                                   name)
