#!/usr/bin/env python3
"""Spans to a DataFrame as a notebook gets them; prints one line of JSON.

    notebook.py client URL PROJECT LIMIT      Phoenix's client, from a server
    notebook.py store FILE PROJECT LIMIT      libphoenix, from a store

Of the process that does it: seconds from the call, imports not counted, and
MiB at the most.
"""
import json
import resource
import sys
import time


def by_client(url, project, limit):
    from phoenix.client import Client
    client = Client(base_url=url)
    return lambda: client.spans.get_spans_dataframe(
        project_identifier=project, limit=limit, timeout=600)


def by_store(path, project, limit):
    import libphoenix
    import pandas  # noqa: F401 - is not counted
    store = libphoenix.Store(path, read_only=True)
    return lambda: store.spans(project=project or None,
                               limit=limit).to_pandas()


def main():
    way, place, project, limit = sys.argv[1:]
    ask = {"client": by_client, "store": by_store}[way](place, project,
                                                        int(limit))
    began, cpu = time.perf_counter(), time.process_time()
    frame = ask()
    print(json.dumps({
        "rows": len(frame), "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


main()
