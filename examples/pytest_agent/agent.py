"""A small agent that traces itself: it looks something up, asks a model, and
uses the tool that the model asks for."""
NOTES = {"mill": "The mill opens at seven.", "ferry": "The ferry is slow."}


def look_up(tracer, question):
    with tracer.span("look up", "RETRIEVER", {"input.value": question}) as span:
        found = [note for word, note in NOTES.items() if word in question]
        for i, note in enumerate(found):
            span.set_attribute(
                f"retrieval.documents.{i}.document.content", note)
        return found


def ask(tracer, model, messages):
    """One call of a model: what it says, and the tool it wants or None."""
    with tracer.span("ask", "LLM", {"llm.model_name": model.name}) as span:
        for role, content in messages:
            span.add_message("input", role, content)
        said, tool, tokens = model(messages)
        span.add_message("output", "assistant", said)
        span.set_attributes({"llm.token_count.prompt": tokens[0],
                             "llm.token_count.completion": tokens[1]})
        return said, tool


def use(tracer, tools, name):
    with tracer.span(name, "TOOL", {"tool.name": name}) as span:
        result = tools[name]()
        span.set_attribute("output.value", result)
        return result


def run(tracer, model, tools, question):
    """The answer, after three rounds at most."""
    with tracer.span("agent", "AGENT", {"input.value": question}) as span:
        messages = [("system", " ".join(look_up(tracer, question))),
                    ("user", question)]
        for _ in range(3):
            said, tool = ask(tracer, model, messages)
            if tool is None:
                break
            messages.append(("tool", use(tracer, tools, tool)))
        span.set_attribute("output.value", said)
        return said
