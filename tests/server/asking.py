"""Requests with JSON, and answers that refuse them."""
import json

from cases import equal

TEXT = "text/plain; charset=utf-8"


def send(server, method, path, body=None):
    """(status, content type, JSON or text)."""
    status, headers, data = server.request(
        method, path, None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"})
    kind = headers.get("content-type")
    return status, kind, (json.loads(data) if kind == "application/json"
                          else data.decode())


def refused(answer, status, *words):
    """A bare sentence, with these words in it."""
    equal((*answer[:2], [word for word in words if word not in answer[2]]),
          (status, TEXT, []), f"answer {answer[2]!r:.200}")


def wrong_form(answer, *problems):
    """Problems are (type, loc)."""
    equal(answer[:2], (422, "application/json"), "status and type")
    equal([(p["type"], p["loc"]) for p in answer[2]["detail"]],
          [(kind, list(loc)) for kind, loc in problems], "problems")
