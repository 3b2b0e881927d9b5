"""The OpenTelemetry SDK of JavaScript, by its three exporters."""
import known
from sender import Server, grpc_address, http_url, run
from toolchains import HERE

NAME = "OpenTelemetry SDK of JavaScript"
CASES = [("http/protobuf", "none"), ("http/protobuf", "gzip"),
         ("http/json", "none"), ("http/json", "gzip"),
         ("grpc", "none"), ("grpc", "gzip")]
EXPORTERS = {"http/protobuf": "proto", "http/json": "http", "grpc": "grpc"}


def prepare(tools):
    version = tools.node()[2]
    sdk = tools.npm_version("@opentelemetry/sdk-trace-node")
    exporter = tools.npm_version("@opentelemetry/exporter-trace-otlp-proto")
    return f"{sdk}, exporters {exporter}, Node {version}"


def send(tools, build, protocol, compression):
    node, folder, _ = tools.node()
    # a module finds its packages from where it lies
    program = folder / "spans.mjs"
    program.write_bytes((HERE / "javascript/spans.mjs").read_bytes())
    with Server(build) as server:
        target = f"http://{grpc_address(server)}" if protocol == "grpc" \
            else http_url(server)
        output = run(tools, [node, program, known.FILE, EXPORTERS[protocol],
                             compression, target])
        return known.check(server, output, protocol == "grpc")
