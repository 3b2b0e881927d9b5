"""h2spec: the generic, http2 and hpack suites against the gRPC port, which
must serve as before afterwards."""
import subprocess

from known import Wrong, equal
from sender import Server, grpc_client, otlp

NAME = "h2spec"
PACKAGE = "github.com/summerwind/h2spec/cmd/h2spec"
CASES = [("generic",), ("http2",), ("hpack",)]


def prepare(tools):
    tools.go_program(PACKAGE)
    return tools.go_version("github.com/summerwind/h2spec")


def failures(output):
    """The lines of failed tests, with what was expected and what came."""
    lines = [line.strip() for line in output.splitlines()]
    return [line for line in lines
            if line.startswith(("×", "Expected:", "Actual:"))]


def send(tools, build, suite):
    with Server(build) as server:
        done = subprocess.run(
            [tools.go_program(PACKAGE), "--strict", "--timeout", "5",
             "--host", "127.0.0.1", "--port", str(server.grpc_port), suite],
            env=tools.sending, capture_output=True, text=True, timeout=300)
        closing = [line for line in done.stdout.splitlines()
                   if " tests, " in line]
        if done.returncode or not closing or \
                not closing[-1].endswith(", 0 skipped, 0 failed"):
            raise Wrong(f"status {done.returncode}: "
                        + "; ".join(failures(done.stdout)
                                    or [done.stdout[-500:] + done.stderr]))
        answer = grpc_client.export(
            server.grpc_port,
            otlp.request([otlp.span(b"\1" * 16, b"\1" * 8)]))
        equal(answer["headers"].get("grpc-status"), "0", "Export afterwards")
        equal(server.stop(), 0, "the server's exit status")
        return closing[-1]
