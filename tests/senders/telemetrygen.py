"""telemetrygen of the Collector's contributors: many small traces from two
workers, and one span of a megabyte."""
import known
from known import Wrong, equal
from sender import Server, grpc_address, run

NAME = "telemetrygen"
PACKAGE = "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/" \
          "telemetrygen"
CASES = [("http",), ("grpc",)]
WORKERS, TRACES, CHILDREN, LINKS = 2, 50, 3, 2
COUNT = WORKERS * TRACES * (1 + CHILDREN)
ATTRIBUTES = {"session.id": "generated", "n": 5, "yes": True,
              "list": ["a", "b"]}


def prepare(tools):
    tools.go_program(PACKAGE)
    return tools.go_version(PACKAGE)


def generate(tools, server, protocol, *words):
    """It tells of its progress on standard error, so only its status says."""
    target = ["--otlp-endpoint", grpc_address(server)] if protocol == "grpc" \
        else ["--otlp-http", "--otlp-endpoint", f"127.0.0.1:{server.port}"]
    run(tools, [tools.go_program(PACKAGE), "traces", *target,
                "--otlp-insecure", "--rate", "0", *words], talks=True)


def check_tree(rows):
    """Every trace is a root with its children."""
    roots = {row["context"]["trace_id"]: row["context"]["span_id"]
             for row in rows.values() if row["parent_id"] is None}
    equal(len(roots), WORKERS * TRACES, "the number of traces")
    for row in rows.values():
        is_root = row["parent_id"] is None
        if not is_root and \
                row["parent_id"] != roots[row["context"]["trace_id"]]:
            raise Wrong(f"{row['name']} has another trace's parent")
        if not row["name"].startswith("lets-go" if is_root else "okey-dokey"):
            raise Wrong(f"a span is named {row['name']}")
        equal(row["span_kind"], "CHAIN", "span_kind")
        equal(row["status_code"], "ERROR", "status_code")
        found = {key: row["attributes"].get(key) for key in ATTRIBUTES}
        equal(found, ATTRIBUTES, "attributes")


def send(tools, build, protocol):
    with Server(build) as server:
        generate(tools, server, protocol, "--workers", WORKERS,
                 "--traces", TRACES, "--child-spans", CHILDREN,
                 "--span-links", LINKS, "--status-code", "Error",
                 "--batch-size", "25", "--otlp-attributes",
                 f'openinference.project.name="{known.PROJECT}"',
                 "--telemetry-attributes", 'openinference.span.kind="CHAIN"',
                 "--telemetry-attributes", 'session.id="generated"',
                 "--telemetry-attributes", "n=5",
                 "--telemetry-attributes", "yes=true",
                 "--telemetry-attributes", 'list=["a","b"]')
        check_tree(known.wait_for(server, COUNT))
        generate(tools, server, protocol, "--traces", "1", "--size", "1")
        large = known.wait_for(server, 2, "default")
        if sum(len(str(row["attributes"])) for row in large.values()) < 10**6:
            raise Wrong("a megabyte is not there")
        known.check_counters(server, COUNT + 2, protocol == "grpc")
        equal(server.stop(), 0, "the server's exit status")
        spans = known.exported(server)
        # the first span of a worker has nothing to link to
        links = sum(len(span.get("links", [])) for span in spans.values())
        return f"{COUNT} spans with {links} links, and one of 1 MB,"
