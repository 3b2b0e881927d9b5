"""Prompts by Phoenix's client, in a program of its own: runs with the client
installed, prints {method: what is wrong, or null} as JSON.

    prompts.py URL
"""
import json
import sys

from phoenix.client import Client
from phoenix.client.types.prompts import PromptVersion

TOOL = {"type": "function", "function": {
    "name": "tide", "description": "of a port", "parameters": {
        "type": "object", "properties": {"port": {"type": "string"}}}}}
SCHEMA = {"type": "json_schema", "json_schema": {
    "name": "answer", "schema": {"type": "object"}, "strict": True}}


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r:.300} instead of {wanted!r:.300}")


def messages(text):
    return [{"role": "system", "content": "Be kind."},
            {"role": "user", "content": text}]


def create(client):
    made = client.prompts.create(
        name="greet", prompt_description="says hello",
        prompt_metadata={"n": 1},
        version=PromptVersion(messages("Hi {{who}}"), model_name="small",
                              description="first"))
    found = client.prompts.get(prompt_identifier="greet")
    equal(found.id, made.id)
    equal(found._dumps(), made._dumps())
    text = found.format(variables={"who": "Ann"})
    equal(list(text.messages), messages("Hi Ann"))


def create_f_string(client):
    client.prompts.create(name="f", version=PromptVersion(
        messages("Hi {who}"), model_name="m", template_format="F_STRING"))
    found = client.prompts.get(prompt_identifier="f")
    equal(list(found.format(variables={"who": "Ann"}).messages),
          messages("Hi Ann"))


def from_openai(client):
    made = client.prompts.create(name="tools", version=PromptVersion.from_openai(
        {"model": "gpt-4o", "messages": messages("Hi {{who}}"),
         "temperature": 0.5, "max_completion_tokens": 9, "tools": [TOOL],
         "tool_choice": "required", "response_format": SCHEMA}))
    found = client.prompts.get(prompt_version_id=made.id)
    filled = found.format(variables={"who": "Ann"})
    equal(filled["tools"], [TOOL])
    equal(filled["tool_choice"], "required")
    equal(filled["temperature"], 0.5)
    equal(filled["response_format"], SCHEMA)
    equal(list(filled.messages), messages("Hi Ann"))


def from_anthropic(client):
    made = client.prompts.create(
        name="claude", version=PromptVersion.from_anthropic({
            "model": "claude", "max_tokens": 2048, "system": "Be kind.",
            "messages": [{"role": "user", "content": "Hi {{who}}"}],
            "thinking": {"type": "enabled", "budget_tokens": 1024}}))
    filled = client.prompts.get(prompt_version_id=made.id).format(
        variables={"who": "Ann"})
    equal(filled["max_tokens"], 2048)
    equal(filled["thinking"], {"type": "enabled", "budget_tokens": 1024})


def get_by_tag(client):
    first, second = (client.prompts.create(name="tagged", version=PromptVersion(
        messages("Hi"), model_name=f"m{i}")) for i in range(2))
    for version in (first, second):
        client.prompts.tags.create(prompt_version_id=version.id, name="prod",
                                   description="for all")
    equal(client.prompts.get(prompt_identifier="tagged", tag="prod").id,
          second.id)
    equal([(tag["name"], tag["description"]) for tag in
           client.prompts.tags.list(prompt_version_id=second.id)],
          [("prod", "for all")])
    equal(list(client.prompts.tags.list(prompt_version_id=first.id)), [])


def get_what_is_not_there(client):
    for query in ({"prompt_identifier": "none"},
                  {"prompt_identifier": "tagged", "tag": "none"},
                  {"prompt_version_id": "UHJvbXB0VmVyc2lvbjo5OTk="}):
        try:
            found = client.prompts.get(**query)
        except ValueError:
            continue
        raise AssertionError(f"{query} gives {found}")


METHODS = [create, create_f_string, from_openai, from_anthropic, get_by_tag,
           get_what_is_not_there]


def main():
    client = Client(base_url=sys.argv[1])
    wrong = {}
    for method in METHODS:
        name = f"prompts.{method.__name__}"
        try:
            method(client)
            wrong[name] = None
        except Exception as why:
            wrong[name] = f"{type(why).__name__}: {why}"
    print(json.dumps(wrong))


main()
