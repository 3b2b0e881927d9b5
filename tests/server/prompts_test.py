#!/usr/bin/env python3
"""Prompts over REST: versions of every provider and dialect come back as they
were sent, tags move, lists are in pages, and what is refused is told in the
form that clients read."""
import base64
import copy
import json
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from asking import TEXT, refused, send, wrong_form
from cases import equal, true
from running import Server

OPENAI_LIKE = ["openai", "azure_openai", "deepseek", "xai", "ollama",
               "cerebras", "fireworks", "groq", "moonshot", "perplexity",
               "together"]
OPENAI = {"temperature": 0.50, "max_tokens": 5, "max_completion_tokens": 6,
          "frequency_penalty": -0.5, "presence_penalty": 1, "top_p": 1e-3,
          "seed": 9007199254740993, "stop": ["a", "b"],
          "reasoning_effort": "xhigh", "extra_body": {"x": [1, {"y": None}]}}
OWN = {
    "anthropic": {"max_tokens": 4096, "temperature": 1, "top_p": 0.5,
                  "stop_sequences": [], "output_config": {"effort": "max"},
                  "thinking": {"type": "enabled", "budget_tokens": 1024,
                               "display": "omitted"},
                  "extra_body": {}},
    "google": {"temperature": 0, "max_output_tokens": 1,
               "stop_sequences": ["x"], "presence_penalty": 0.1,
               "frequency_penalty": 0.2, "top_p": 0.3, "top_k": 4,
               "thinking_config": {"thinking_budget": 1,
                                   "thinking_level": "low",
                                   "include_thoughts": True}},
    "aws": {"max_tokens": 1, "temperature": 0.1, "top_p": 0.2,
            "stop_sequences": ["x"]}}
TOOLS = {"type": "tools", "tools": [
    {"type": "function", "function": {
        "name": "f", "description": "d", "strict": True,
        "parameters": {"type": "object", "properties": {"z": {}, "a": {}}}}},
    {"type": "raw", "raw": {"name": "web_search", "n": 12345678901234567890}}],
    "tool_choice": {"type": "specific_function", "function_name": "f"},
    "disable_parallel_tool_calls": False}
FORMAT = {"type": "json_schema", "json_schema": {
    "name": "n", "description": "d", "schema": {"b": 1, "a": {"$ref": "#"}},
    "strict": False}}


def number(kind, row):
    return base64.b64encode(f"{kind}:{row}".encode()).decode()


def chat(*messages):
    return {"type": "chat", "messages": [
        {"role": role, "content": content} for role, content in messages]}


def version(**members):
    return {"model_provider": "OPENAI", "model_name": "m",
            "template": chat(("user", "Hi {{x}}")), "template_type": "CHAT",
            "template_format": "MUSTACHE",
            "invocation_parameters": {"type": "openai", "openai": {}},
            **members}


def create(server, name, **members):
    prompt = members.pop("prompt", {})
    status, _, answer = send(server, "POST", "/v1/prompts", {
        "prompt": {"name": name, **prompt}, "version": version(**members)})
    equal(status, 200, answer)
    return answer["data"]


def test_versions_come_back_as_they_were_sent(build):
    parts = [{"type": "text", "text": "a"},
             {"type": "tool_call", "tool_call_id": "1", "tool_call": {
                 "type": "function", "name": "f", "arguments": "{}"}},
             *({"type": "tool_result", "tool_call_id": "1", "tool_result": v}
               for v in (None, True, 1, 0.5, "x", {"k": []}, [1, None]))]
    roles = ["user", "assistant", "model", "ai", "tool", "system", "developer"]
    with Server(build) as server:
        made = []
        for own in [*OWN, *OPENAI_LIKE]:
            content = OWN.get(own, OPENAI)
            made.append(version(
                description="d", model_provider=own.upper(), tools=TOOLS,
                response_format=FORMAT, template_format="F_STRING",
                template=chat(*((role, "t") for role in roles),
                              ("tool", parts)),
                invocation_parameters={"type": own, own: content}))
            found = create(server, "all", **made[-1])
            wanted = copy.deepcopy(made[-1])
            if own in OPENAI_LIKE:
                wanted["invocation_parameters"] = {"type": "openai",
                                                   "openai": OPENAI}
            equal(found.pop("id"), number("PromptVersion", len(made)))
            equal(found, wanted)
            made[-1] = wanted
        rows = server.get_json("/v1/prompts/all/versions")["data"]
        equal([{k: v for k, v in row.items() if k != "id"} for row in rows],
              made[::-1])


def test_numbers_keep_their_digits(build):
    text = ('{"prompt":{"name":"n"},"version":{"model_provider":"OPENAI",'
            '"model_name":"m","template":{"type":"chat","messages":[]},'
            '"template_type":"CHAT","template_format":"NONE",'
            '"invocation_parameters":{"type":"openai","openai":'
            '{"temperature":0.50,"top_p":1E0,"extra_body":{"a":1.0,'
            '"b":123456789012345678901234567890,"c":-0.0,"d":1e400}}}}}')
    with Server(build) as server:
        _, _, answer = server.request("POST", "/v1/prompts", text.encode(),
                                      {"Content-Type": "application/json"})
        true(b'"temperature":0.50,"top_p":1E0,"extra_body":{"a":1.0,'
             b'"b":123456789012345678901234567890,"c":-0.0,"d":1e400}' in
             answer, answer)


def test_absent_members_are_absent(build):
    with Server(build) as server:
        equal(create(server, "p", tools=None, response_format=None),
              {"description": "", **version(),
               "id": number("PromptVersion", 1)})
        # What is lax in a body is strict in what is kept.
        found = create(server, "p", invocation_parameters={
            "type": "openai", "openai": {"temperature": "0.5", "seed": 2.0,
                                         "max_tokens": "7"}})
        equal(found["invocation_parameters"]["openai"],
              {"temperature": 0.5, "max_tokens": 7, "seed": 2})


def test_a_prompt_is_made_once(build):
    with Server(build) as server:
        create(server, "p", prompt={"description": "one",
                                    "metadata": {"k": 1}})
        create(server, "p", prompt={"description": "two", "metadata": {},
                                    "source_prompt_id": number("Prompt", 1)})
        create(server, "q", prompt={"source_prompt_id": number("Prompt", 1)})
        rows = server.get_json("/v1/prompts")
        equal(rows, {"next_cursor": None, "data": [
            {"name": "q", "description": None, "metadata": {},
             "source_prompt_id": number("Prompt", 1),
             "id": number("Prompt", 2)},
            {"name": "p", "description": "one", "metadata": {"k": 1},
             "source_prompt_id": None, "id": number("Prompt", 1)}]})
        equal(server.request("DELETE", "/v1/prompts/p")[0], 204)
        equal([row["source_prompt_id"] for row in
               server.get_json("/v1/prompts")["data"]], [None])
        refused(send(server, "DELETE", "/v1/prompts/p"), 404, "not found")
        for bad, status in (("x", 422), (number("Prompt", 9), 404)):
            equal(send(server, "POST", "/v1/prompts", {
                "prompt": {"name": "r", "source_prompt_id": bad},
                "version": version()})[:2], (status, TEXT))


def test_latest_tags_and_ids_lead_to_versions(build):
    with Server(build) as server:
        ids = [create(server, "p", model_name=f"m{i}")["id"] for i in range(3)]
        other = create(server, "q")["id"]
        tags = "/v1/prompt_versions/%s/tags"
        for path in ("/v1/prompts/p/latest",
                     f"/v1/prompts/{number('Prompt', 1)}/latest",
                     f"/v1/prompt_versions/{ids[2]}"):
            equal(server.get_json(path)["data"]["model_name"], "m2")
        for target in (ids[0], ids[1], other):
            equal(send(server, "POST", tags % target, {
                "name": "prod", "description": "d"})[0], 204)
        equal(server.get_json("/v1/prompts/p/tags/prod")["data"]["id"], ids[1])
        equal(server.get_json(tags % ids[0]), {"data": [], "next_cursor": None})
        equal(server.get_json(tags % ids[1])["data"], [
            {"name": "prod", "description": "d",
             "id": number("PromptVersionTag", 1)}])
        equal(send(server, "POST", tags % ids[2], {"name": "prod"})[0], 204)
        equal(server.get_json(tags % ids[2])["data"], [
            {"name": "prod", "id": number("PromptVersionTag", 1)}])
        # By name within the prompt, whatever version it points to.
        equal(send(server, "DELETE", tags % ids[0] + "/prod")[0], 204)
        refused(send(server, "DELETE", tags % ids[0] + "/prod"), 404,
                "Not Found")
        equal(server.get_json("/v1/prompts/q/tags/prod")["data"]["id"], other)


def test_what_is_not_there_is_told(build):
    none = number("PromptVersion", 99)
    with Server(build) as server:
        create(server, "p")
        for path in ("/v1/prompts/none/latest", "/v1/prompts/p/tags/none",
                     "/v1/prompts/none/tags/x", f"/v1/prompt_versions/{none}",
                     f"/v1/prompt_versions/{none}/tags",
                     f"/v1/prompts/{number('Prompt', 99)}/latest"):
            refused(send(server, "GET", path), 404, "Not Found")
        for path in ("/v1/prompts/Bad/latest", "/v1/prompts/a-/versions",
                     "/v1/prompts/p/tags/B", "/v1/prompt_versions/x",
                     f"/v1/prompt_versions/{number('Prompt', 1)}",
                     "/v1/prompt_versions/x/tags", "/v1/prompts?cursor=x"):
            refused(send(server, "GET", path), 422)
        equal(server.get_json("/v1/prompts/none/versions"),
              {"data": [], "next_cursor": None})
        refused(send(server, "POST", f"/v1/prompt_versions/{none}/tags",
                     {"name": "x"}), 404)
        refused(send(server, "DELETE", f"/v1/prompt_versions/{none}/tags/x"),
                404)
        refused(send(server, "DELETE",
                     f"/v1/prompt_versions/{none}/tags/X"), 422, "X")
        refused(send(server, "DELETE", "/v1/prompts/P"), 422, "P")
        refused(send(server, "PATCH", "/v1/prompts/none",
                     {"description": "x"}), 404)


def test_prompts_are_changed(build):
    with Server(build) as server:
        create(server, "p", prompt={"description": "one"})
        path = "/v1/prompts/p"
        row = {"name": "p", "description": "two", "metadata": {},
               "id": number("Prompt", 1)}
        equal(send(server, "PATCH", path, {"description": " two "})[2],
              {"data": row})
        equal(send(server, "PATCH", path, {"metadata": {"n": 1}})[2],
              {"data": {**row, "metadata": {"n": 1}}})
        del row["description"]
        equal(send(server, "PATCH", path, {"description": None,
                                           "metadata": {}})[2], {"data": row})
        for body, *problems in (
                ({}, ("value_error", ["body"])),
                ({"name": "x"}, ("value_error", ["body"])),
                ({"metadata": None}, ("dict_type", ["body", "metadata"])),
                ({"description": 1}, ("string_type", ["body", "description"]))):
            wrong_form(send(server, "PATCH", path, body), *problems)


def test_lists_are_in_pages(build):
    with Server(build) as server:
        for i in range(5):
            create(server, f"p{i}")
            last = create(server, "p0")["id"]
        for i in range(5):
            send(server, "POST", f"/v1/prompt_versions/{last}/tags",
                 {"name": f"t{i}"})
        page = server.get_json("/v1/prompts?limit=2")
        equal(page["next_cursor"], number("Prompt", 3))
        equal([row["name"] for row in server.pages("/v1/prompts?", 2)],
              ["p4", "p3", "p2", "p1", "p0"])
        equal(len(server.pages("/v1/prompts/p0/versions?", 2)), 6)
        equal([row["name"] for row in server.pages(
            f"/v1/prompt_versions/{last}/tags?", 2)],
            ["t4", "t3", "t2", "t1", "t0"])
        wrong_form(send(server, "GET", "/v1/prompts?limit=0"),
                   ("greater_than", ["query", "limit"]))


def parameters(name, content):
    return {"invocation_parameters": {"type": name, name: content}}


HERE = ["body", "version"]
CONTENT = ["template", "chat", "messages", 0, "content"]
PARTS = "list[tagged-union[TextContentPart,ToolCallContentPart," \
        "ToolResultContentPart]]"
ANTHROPIC = ["invocation_parameters", "anthropic", "anthropic"]
WRONG = [
    ({"model_provider": "X"}, ("enum", ["model_provider"])),
    ({"model_name": None}, ("string_type", ["model_name"])),
    ({"template_type": "STR"}, ("value_error", [])),
    ({"template_format": "JINJA"}, ("enum", ["template_format"])),
    ({"template": None}, ("model_attributes_type", ["template"])),
    ({"template": {}}, ("union_tag_not_found", ["template"])),
    ({"template": {"type": "x"}}, ("union_tag_invalid", ["template"])),
    ({"template": {"type": "chat"}},
     ("missing", ["template", "chat", "messages"])),
    ({"template": {"type": "chat", "messages": [], "x": 1}},
     ("extra_forbidden", ["template", "chat", "x"])),
    ({"template": chat(("me", "x"))},
     ("literal_error", ["template", "chat", "messages", 0, "role"])),
    ({"template": chat(("user", 1))},
     ("string_type", [*CONTENT, "str"]), ("list_type", [*CONTENT, PARTS])),
    ({"template": chat(("user", []))},
     ("string_type", [*CONTENT, "str"]), ("too_short", [*CONTENT, PARTS])),
    ({"template": chat(("user", [{"type": "text", "z": 1}]))},
     ("string_type", [*CONTENT, "str"]),
     ("missing", [*CONTENT, PARTS, 0, "text", "text"]),
     ("extra_forbidden", [*CONTENT, PARTS, 0, "text", "z"])),
    (parameters("openai", None),
     ("model_attributes_type", ["invocation_parameters", "openai", "openai"])),
    (parameters("nobody", {}), ("union_tag_invalid",
                                ["invocation_parameters"])),
    (parameters("xai", {"seed": 1.5, "temperature": "x", "stop": "x",
                        "extra_body": [], "reasoning_effort": "x"}),
     *((kind, ["invocation_parameters", "xai", "xai", key]) for kind, key in (
         ("float_parsing", "temperature"), ("int_from_float", "seed"),
         ("list_type", "stop"), ("literal_error", "reasoning_effort"),
         ("dict_type", "extra_body")))),
    (parameters("anthropic", {}), ("missing", [*ANTHROPIC, "max_tokens"])),
    (parameters("anthropic", {"max_tokens": 9, "thinking": {
        "type": "enabled", "budget_tokens": 1023}}),
     ("greater_than_equal", [*ANTHROPIC, "thinking", "enabled",
                             "budget_tokens"])),
    (parameters("anthropic", {"max_tokens": 1024, "thinking": {
        "type": "enabled", "budget_tokens": 1024}}),
     ("value_error", ANTHROPIC)),
    ({"tools": {"type": "tools", "tools": []}},
     ("too_short", ["tools", "tools"])),
    ({"tools": {"tools": [{"type": "function", "function": {}}],
                "tool_choice": {"type": "any"},
                "disable_parallel_tool_calls": 2}},
     ("missing", ["tools", "type"]),
     ("missing", ["tools", "tools", 0, "function", "function", "name"]),
     ("union_tag_invalid", ["tools", "tool_choice"]),
     ("bool_parsing", ["tools", "disable_parallel_tool_calls"])),
    ({"response_format": {"type": "json_object"}},
     ("union_tag_invalid", ["response_format"])),
]


def test_versions_of_another_form_are_refused(build):
    with Server(build) as server:
        for members, *problems in WRONG:
            wrong_form(send(server, "POST", "/v1/prompts", {
                "prompt": {"name": "p"}, "version": version(**members)}),
                *((kind, [*HERE, *place]) for kind, place in problems))
        wrong_form(send(server, "POST", "/v1/prompts", {
            "prompt": {"name": "P", "description": 1, "metadata": []}}),
            ("string_pattern_mismatch", ["body", "prompt", "name"]),
            ("string_type", ["body", "prompt", "description"]),
            ("dict_type", ["body", "prompt", "metadata"]),
            ("missing", ["body", "version"]))
        wrong_form(send(server, "POST", "/v1/prompts",
                        {"prompt": {}, "version": []}),
                   ("missing", ["body", "prompt", "name"]),
                   ("model_attributes_type", HERE))
        wrong_form(send(server, "POST", "/v1/prompts", {}),
                   ("missing", ["body", "prompt"]), ("missing", HERE))
        refused(send(server, "POST", "/v1/prompts", {
            "prompt": {"name": "p"}, "version": version(
                template={"type": "string", "template": "x"},
                template_type="STR")}), 422, "messages")
        wrong_form(send(server, "POST", "/v1/prompt_versions/x/tags", {
            "name": "a_", "description": 1}),
            ("string_pattern_mismatch", ["body", "name"]),
            ("string_type", ["body", "description"]))
        equal(server.get_json("/v1/prompts")["data"], [])


def test_clients_add_versions_at_once(build):
    with Server(build) as server:
        def add(worker):
            for i in range(5):
                found = create(server, "p", model_name=f"{worker}.{i}")
                send(server, "POST", f"/v1/prompt_versions/{found['id']}/tags",
                     {"name": f"t{i}"})
        workers = [threading.Thread(target=add, args=(i,)) for i in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        rows = server.get_json("/v1/prompts/p/versions")["data"]
        equal(len({row["model_name"] for row in rows}), 40)
        equal(len(server.get_json("/v1/prompts")["data"]), 1)
        for i in range(5):
            server.get_json(f"/v1/prompts/p/tags/t{i}")
        server.stop()
        equal(server.run("verify").returncode, 0)


if __name__ == "__main__":
    cases.main(globals())
