"""arize-phoenix-otel, told of the server as its users tell it: by environment,
or not at all when the server is on its own ports."""
import socket

import known
from sender import Server, run
from toolchains import HERE, Missing

NAME = "arize-phoenix-otel"
CASES = [("http", "batch"), ("http", "simple"), ("grpc", "batch"),
         ("grpc", "simple"), ("infer", "batch"), ("default ports", "http"),
         ("default ports", "grpc")]
PORTS = {"PHOENIX_PORT": "6006", "PHOENIX_GRPC_PORT": "4317"}


def prepare(tools):
    tools.python()
    return tools.pip_version("arize-phoenix-otel")


def is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def send(tools, build, protocol, processor):
    if protocol == "default ports":
        return send_unasked(tools, build, processor)
    with Server(build) as server:
        output = run(tools, [tools.python(), HERE / "python/spans.py",
                             known.FILE, "phoenix", protocol, processor],
                     {"PHOENIX_COLLECTOR_ENDPOINT":
                      f"http://127.0.0.1:{server.port}",
                      "PHOENIX_GRPC_PORT": str(server.grpc_port)})
        return known.check(server, output, protocol != "http")


def send_unasked(tools, build, protocol):
    if not all(is_free(int(port)) for port in PORTS.values()):
        raise Missing("6006 or 4317 is taken")
    server = Server(build, PORTS)
    server.port, server.grpc_port = map(int, PORTS.values())
    with server:
        output = run(tools, [tools.python(), HERE / "python/spans.py",
                             known.FILE, "phoenix", protocol, "batch"])
        return known.check(server, output, protocol == "grpc")
