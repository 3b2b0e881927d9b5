"""The OpenTelemetry SDK of Python, by its HTTP and gRPC exporters."""
import known
from sender import Server, grpc_address, http_url, run
from toolchains import HERE

NAME = "OpenTelemetry SDK of Python"
CASES = [("http", "none"), ("http", "gzip"), ("http", "deflate"),
         ("grpc", "none"), ("grpc", "gzip")]


def prepare(tools):
    tools.python()
    return tools.pip_version("opentelemetry-sdk")


def send(tools, build, protocol, compression):
    with Server(build) as server:
        target = http_url(server) if protocol == "http" \
            else grpc_address(server)
        output = run(tools, [tools.python(), HERE / "python/spans.py",
                             known.FILE, "sdk", protocol, compression, target])
        return known.check(server, output, protocol == "grpc")
