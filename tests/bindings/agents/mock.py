"""A model on loopback that speaks as OpenAI and Anthropic do: it calls the
first tool it is offered until it has a result, then answers. A text with
"[fail]" fails."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = "High water is at noon."
CALLED = {"place": "mill"}


def usage(prompt, completion):
    return {"prompt_tokens": prompt, "completion_tokens": completion,
            "total_tokens": prompt + completion}


def last_role(asked):
    """Whether the last message is a tool's result, in either tongue."""
    last = asked["messages"][-1]
    content = last["content"] if isinstance(last["content"], list) else []
    return "tool" if any(part.get("type") == "tool_result"
                         for part in content) else last["role"]


def calls_tool(asked):
    return asked.get("tools") and last_role(asked) != "tool"


def chat(asked):
    """POST /v1/chat/completions."""
    message = {"role": "assistant", "content": ANSWER}
    if calls_tool(asked):
        message = {"role": "assistant", "content": None, "tool_calls": [{
            "id": "call_1", "type": "function", "function": {
                "name": asked["tools"][0]["function"]["name"],
                "arguments": json.dumps(CALLED)}}]}
    ends = "tool_calls" if "tool_calls" in message else "stop"
    return {"id": "chat_1", "object": "chat.completion", "created": 1,
            "model": asked["model"], "usage": usage(20, 5),
            "choices": [{"index": 0, "finish_reason": ends,
                         "message": message}]}


def chunks(asked):
    """The same as a stream."""
    whole = chat(asked)
    message = whole["choices"][0]["message"]
    if message.get("tool_calls"):
        deltas = [{"role": "assistant", "tool_calls": [
            {"index": 0, **message["tool_calls"][0]}]}]
    else:
        deltas = [{"role": "assistant", "content": ""}] + [
            {"content": word + " "} for word in ANSWER.split()]
    ends = whole["choices"][0]["finish_reason"]
    head = {**whole, "object": "chat.completion.chunk", "usage": None}
    for delta in deltas:
        yield {**head, "choices": [{"index": 0, "delta": delta,
                                    "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {},
                                "finish_reason": ends}]}
    yield {**head, "choices": [], "usage": whole["usage"]}


def embed(asked):
    """POST /v1/embeddings: each text's own point."""
    texts = asked["input"]
    texts = [texts] if isinstance(texts, str) else texts
    return {"object": "list", "model": asked["model"],
            "usage": {"prompt_tokens": 7, "total_tokens": 7},
            "data": [{"object": "embedding", "index": index,
                      "embedding": [len(str(text)) / 100, 0.5, -0.25]}
                     for index, text in enumerate(texts)]}


def messages(asked):
    """POST /v1/messages."""
    content, ends = [{"type": "text", "text": ANSWER}], "end_turn"
    if calls_tool(asked):
        content, ends = [{"type": "tool_use", "id": "tool_1", "input": CALLED,
                          "name": asked["tools"][0]["name"]}], "tool_use"
    return {"id": "msg_1", "type": "message", "role": "assistant",
            "model": asked["model"], "content": content, "stop_reason": ends,
            "stop_sequence": None,
            "usage": {"input_tokens": 20, "output_tokens": 5}}


ROUTES = {"/v1/chat/completions": chat, "/v1/embeddings": embed,
          "/v1/messages": messages}


class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        asked = json.loads(self.rfile.read(
            int(self.headers["content-length"])))
        if "[fail]" in json.dumps(asked):
            wrong = {"type": "error", "error": {
                "type": "invalid_request_error", "message": "asked to fail"}}
            return self.send(400, "application/json",
                             json.dumps(wrong).encode())
        if asked.get("stream"):
            lines = [json.dumps(chunk) for chunk in chunks(asked)]
            return self.send(200, "text/event-stream", "".join(
                f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode())
        self.send(200, "application/json",
                  json.dumps(ROUTES[self.path](asked)).encode())


def start():
    """The server, in a thread, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"
