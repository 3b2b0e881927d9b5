"""The OpenTelemetry SDK of Go, by its HTTP and gRPC exporters."""
import known
from sender import Server, grpc_address, run

NAME = "OpenTelemetry SDK of Go"
CASES = [("http", "none"), ("http", "gzip"), ("grpc", "none"),
         ("grpc", "gzip")]


def prepare(tools):
    tools.go_program("./sdk")
    return tools.go_version("go.opentelemetry.io/otel/sdk")


def send(tools, build, protocol, compression):
    with Server(build) as server:
        target = grpc_address(server) if protocol == "grpc" \
            else f"127.0.0.1:{server.port}"
        output = run(tools, [tools.go_program("./sdk"), known.FILE, protocol,
                             compression, target])
        return known.check(server, output, protocol == "grpc")
