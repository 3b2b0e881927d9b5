#!/usr/bin/env python3
"""kill -9 at random instants: is every acknowledged span there?

    crash.py [--build DIR] [--rounds N] [--seed N] [--keep]

Each round starts the server on the same store, sends spans over HTTP and
gRPC from several threads, notes those that were acknowledged, and kills the
server in the middle of it. The next start must answer within a second, every
noted span must be there once, and `phoenix-server verify` must find nothing
(every few rounds and at the end).
Ends with "N passed, N failed" over the rounds.
"""
import argparse
import http.client
import random
import re
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import grpc_client
import otlp
from running import Server

SENDERS = 6
MOST_SPANS = 200         # of one request
ANSWER_WITHIN = 1.0      # seconds from start to the first answer
LONGEST_ROUND = 1.5      # seconds under load before the kill
VERIFY_EACH = 5          # rounds; it reads the whole store
SPAN_ID = re.compile(rb'"spanId":"([0-9a-f]{16})"')


# --- sending -----------------------------------------------------------------

def make_request(project, trace_id, span_ids, chance):
    """An ExportTraceServiceRequest as protobuf."""
    filler = otlp.text("the tide turns " * chance.randrange(1, 60))
    session = otlp.text(trace_id[:2].hex())
    more = otlp.attribute("input.value", filler) + \
        otlp.attribute("session.id", session)
    return otlp.request([otlp.span(trace_id, span_id, "step", more)
                         for span_id in span_ids], project)


class Sender(threading.Thread):
    """Sends until told to stop; what was acknowledged is in `kept`."""

    def __init__(self, server, project, seed):
        super().__init__(daemon=True)
        self.server, self.project = server, project
        self.chance = random.Random(seed)
        self.by_grpc = self.chance.random() < 0.3
        self.kept, self.refused = [], 0
        self.stopped = threading.Event()

    def run(self):
        connection = None
        while not self.stopped.is_set():
            count = self.chance.choice([1, 5, 50, MOST_SPANS])
            ids = [self.chance.randbytes(8) for _ in range(count)]
            body = make_request(self.project, self.chance.randbytes(16), ids,
                                self.chance)
            try:
                if self.by_grpc:
                    answer = grpc_client.export(self.server.grpc_port, body)
                    good = answer["headers"].get("grpc-status") == "0"
                else:
                    connection = connection or http.client.HTTPConnection(
                        "127.0.0.1", self.server.port, timeout=30)
                    connection.request(
                        "POST", "/v1/traces", body,
                        {"Content-Type": "application/x-protobuf"})
                    answer = connection.getresponse()
                    answer.read()
                    good = answer.status == 200
            except (OSError, http.client.HTTPException, ValueError):
                connection = None
                time.sleep(0.01)
                continue
            if good:
                self.kept += [span_id.hex() for span_id in ids]
            else:
                self.refused += 1


# --- rounds ------------------------------------------------------------------

def load_and_kill(server, project, chance):
    """Span ids that were acknowledged before the kill."""
    senders = [Sender(server, project, chance.random())
               for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    time.sleep(chance.uniform(0.05, LONGEST_ROUND))
    server.kill()
    for sender in senders:
        sender.stopped.set()
    for sender in senders:
        sender.join()
    return [span_id for sender in senders for span_id in sender.kept]


def stored_ids(server, project):
    """The ids of a project's spans, as the command line exports them."""
    run = server.run("export", "--format", "json", "--project", project)
    if run.returncode != 0:
        return []
    return [match.decode() for match in SPAN_ID.findall(run.stdout)]


def check_store(server, projects, verify):
    """Lines of what is wrong with what the store holds."""
    for project, kept in projects.items():
        found = stored_ids(server, project)
        missing = set(kept) - set(found)
        if missing:
            yield (f"{len(missing)} of {len(kept)} acknowledged spans are "
                   f"gone, {min(missing)} for one")
        if len(found) != len(set(found)):
            yield f"{len(found) - len(set(found))} spans are there twice"
    run = server.run("verify") if verify else None
    if run and run.returncode != 0:
        yield (f"verify ended with {run.returncode}: "
               f"{(run.stdout + run.stderr).decode()[-500:]}")


def run_rounds(server, rounds, chance):
    passed, failed, everything = 0, 0, {}
    seconds = server.start()
    for number in range(rounds):
        project = f"round {number}"
        everything[project] = load_and_kill(server, project, chance)
        seconds = server.start()
        wrong = list(check_store(server, {project: everything[project]},
                                 number % VERIFY_EACH == 0))
        if seconds > ANSWER_WITHIN:
            wrong.append(f"it took {seconds:.2f} s to answer")
        passed, failed = passed + (not wrong), failed + bool(wrong)
        print(f"round {number}: {len(everything[project])} spans "
              f"acknowledged, back in {seconds * 1000:.0f} ms"
              + "".join(f"; {line}" for line in wrong), flush=True)
    wrong = list(check_store(server, everything, True))
    if server.stop() != 0:
        wrong.append("the server did not end well")
    for line in wrong:
        print(f"at the end: {line}")
    return passed + (not wrong), failed + bool(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--keep", action="store_true",
                        help="leave the store of a failure behind")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    server = Server(options.build)
    try:
        passed, failed = run_rounds(server, options.rounds,
                                    random.Random(options.seed))
        if failed and options.keep:
            server.own_folder = False
            print(f"the store is {server.store}")
    finally:
        server.__exit__()
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
