"""An OpenTelemetry Collector of core components: takes the Go SDK's spans and
sends them on, by each exporter and compression that the server takes."""
import json
import socket
import subprocess
import time

import known
from sender import Server, free_port, grpc_address, run

NAME = "OpenTelemetry Collector"
CASES = [("http/protobuf", "none"), ("http/protobuf", "gzip"),
         ("http/protobuf", "deflate"), ("http/protobuf", "zstd"),
         ("http/json", "gzip"), ("http/json", "zstd"), ("grpc", "none"),
         ("grpc", "gzip"), ("grpc", "zstd")]


def prepare(tools):
    tools.go_program("./collector")
    tools.go_program("./sdk")
    return tools.go_version("go.opentelemetry.io/collector/otelcol")


def config(server, port, protocol, compression):
    """JSON, which is YAML too."""
    if protocol == "grpc":
        name = "otlp_grpc"
        exporter = {"endpoint": grpc_address(server)}
    else:
        name = "otlp_http"
        exporter = {"endpoint": f"http://127.0.0.1:{server.port}",
                    "encoding": protocol.replace("http/", "")
                                        .replace("protobuf", "proto")}
    exporter.update(compression=compression, tls={"insecure": True},
                    retry_on_failure={"enabled": False})
    return {
        "receivers": {"otlp": {"protocols": {"grpc": {
            "endpoint": f"127.0.0.1:{port}"}}}},
        "exporters": {name: exporter},
        "service": {"pipelines": {"traces": {
            "receivers": ["otlp"], "exporters": [name]}}}}


def wait_until_open(process, port):
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise known.Wrong("the Collector does not start")


def end(process, log):
    process.terminate()
    try:
        status = process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    said = log.read_text()
    if status or "error" in said:
        raise known.Wrong(f"the Collector: status {status}: {said[-600:]}")


def send(tools, build, protocol, compression):
    port = free_port()
    with Server(build) as server:
        file, log = server.folder / "collector.yaml", server.folder / "said"
        file.write_text(json.dumps(config(server, port, protocol,
                                          compression)))
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [tools.go_program("./collector"), "--config", file],
                env=tools.sending, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output)
        try:
            wait_until_open(process, port)
            sent = run(tools, [tools.go_program("./sdk"), known.FILE, "grpc",
                               "gzip", f"127.0.0.1:{port}"])
            known.wait_for(server, known.COUNT)
        finally:
            end(process, log)
        return known.check(server, sent, protocol == "grpc")
