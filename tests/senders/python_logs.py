"""Log records of the OpenTelemetry SDK of Python, before their span and after
it, by its HTTP and gRPC exporters."""
from known import Wrong
from sender import Server, grpc_address, http_url, run
from toolchains import HERE

NAME = "OpenTelemetry logs of Python"
CASES = [(protocol, order) for protocol in ("http", "grpc")
         for order in ("log first", "span first")]


def prepare(tools):
    tools.python()
    return tools.pip_version("opentelemetry-sdk")


def check(server):
    rows = server.pages("/v1/projects/default/spans", 100)
    if len(rows) != 1:
        raise Wrong(f"{len(rows)} spans")
    attributes = rows[0]["attributes"]
    found = [attributes.get(f"llm.{which}_messages.0.message.content")
             for which in ("input", "output")]
    if found != ["why?", "because"]:
        raise Wrong(f"messages {found} in {attributes}")
    events = [event["name"] for event in rows[0]["events"]]
    wanted = ["gen_ai.user.message", "exception", "gen_ai.choice"]
    if events != wanted:
        raise Wrong(f"events {events}")
    return f"{len(events)} records joined"


def send(tools, build, protocol, order):
    with Server(build) as server:
        target = http_url(server)[:-len("/v1/traces")] \
            if protocol == "http" else grpc_address(server)
        run(tools, [tools.python(), HERE / "python/logs.py", protocol,
                    order.split()[0], target])
        return check(server)
