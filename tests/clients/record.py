#!/usr/bin/env python3
"""Records answers.json: what Phoenix's client gets from the reference itself,
Phoenix 20.3.0 of PyPI in the environment that `make bench-peers` makes. It is
used as its users use it, over HTTP.

    tests/clients/record.py [--build build]
"""
import argparse
import json
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name)
                for name in ("senders", "server", "bench")]

import client
import peers
import world
from toolchains import Toolchains

PATIENCE = 60


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    given = parser.parse_args()
    tools = Toolchains(given.build)
    server = peers.Theirs(given.build, peers.install(given.build))
    try:
        server.start(server.patience)
        client.send_world(server)
        end = time.monotonic() + PATIENCE
        while server.stored() < world.COUNT and time.monotonic() < end:
            time.sleep(0.2)
        answers = client.answers(tools, server)
    finally:
        server.__exit__()
    text = ",\n".join(f"{json.dumps(name)}: "
                      f"{json.dumps(answer, ensure_ascii=False)}"
                      for name, answer in answers.items())
    (HERE / "answers.json").write_text("{" + text + "}\n")


main()
