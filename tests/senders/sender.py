"""What the families of senders share: a server to send to, and running a
sender's program."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "server"))

import grpc_client  # noqa: F401  (these are for the families)
import otlp  # noqa: F401
from known import Wrong
from running import Server, free_port  # noqa: F401


def run(tools, command, more=None, talks=False, patience=120):
    """Runs a sender; what it prints. It must not complain, unless it is one
    that talks on standard error."""
    done = subprocess.run([str(word) for word in command],
                          env={**tools.sending, **(more or {})},
                          capture_output=True, text=True, timeout=patience,
                          stdin=subprocess.DEVNULL)
    if done.returncode or (done.stderr.strip() and not talks):
        raise Wrong(f"status {done.returncode}: "
                    f"{done.stderr.strip()[-600:] or done.stdout[-600:]}")
    return done.stdout


def http_url(server):
    return f"http://127.0.0.1:{server.port}/v1/traces"


def grpc_address(server):
    return f"127.0.0.1:{server.grpc_port}"
