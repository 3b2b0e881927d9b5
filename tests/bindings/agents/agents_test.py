"""Real libraries, traced by OpenInference's instrumentors, on a model on
loopback: run by pytest, as their users would."""
import importlib
import re
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

import mock
import programs
from libphoenix.otel import instrument, instrumentors

PAGE = Path(__file__).resolve().parents[3] / "docs/testing.md"
INSTRUMENTORS = {"openai": "OpenAI", "anthropic": "Anthropic",
                 "langchain": "LangChain", "llama_index": "LlamaIndex"}


@pytest.fixture(scope="session")
def url():
    server, address = mock.start()
    yield address
    server.shutdown()
    server.server_close()


@contextmanager
def instrumented(library):
    module = importlib.import_module(
        f"openinference.instrumentation.{library}")
    instrumentor = getattr(module, f"{INSTRUMENTORS[library]}Instrumentor")()
    instrumentor.instrument()
    yield
    instrumentor.uninstrument()


@pytest.fixture
def run(spans, url):
    """Runs a library's program, traced by its instrumentor."""
    def run_program(library):
        with instrumented(library):
            getattr(programs, library)(url)
    return run_program


def test_openai(spans, run):
    run("openai")
    spans.tree("""
        llm*4 [status_code == 'OK']
        embedding
        llm [status_code == 'ERROR' and 'asked to fail' in status_message]
    """)
    spans.tokens("span_kind == 'LLM' and status_code == 'OK'",
                 prompt=20, completion=5, total=25)
    spans.budget(calls=5, tokens=100, ms=30_000)
    answered = spans.store.spans("llm.output_messages is not None",
                                 order="oldest").first()
    call = answered.attributes["llm"]["output_messages"][0]["message"][
        "tool_calls"][0]["tool_call"]["function"]
    assert call == {"name": "get_tide", "arguments": '{"place": "mill"}'}


def test_anthropic(spans, run):
    run("anthropic")
    # The client traces itself, too.
    spans.tree("""
        "messages.create"
          llm
        "messages.create"
          llm
        "messages.create" [status_code == 'ERROR']
          llm
    """)
    spans.every("name == 'anthropic.messages.create' and status_code == 'OK'",
                "llm.token_count.prompt == 20")


def test_langchain(spans, run):
    run("langchain")
    spans.tree("""
        RunnableSequence
          "RunnableParallel<notes,question>"
            RunnableSequence
              retriever
              RunnableLambda
            RunnablePassthrough
          prompt
          llm
          StrOutputParser
        LangGraph
          model
            llm
          tools
            get_tide
          model
            llm
    """)
    spans.below("span_kind == 'TOOL'", "name == 'LangGraph'")
    spans.order("name == 'model'", "name == 'get_tide'", "name == 'model'")
    spans.attributes("span_kind == 'LLM'",
                     {"llm.model_name": programs.MODEL})
    spans.lint()


def test_llama_index(spans, run):
    run("llama_index")
    spans.below("name == 'OpenAI.chat'",
                "name == 'RetrieverQueryEngine.query'")
    spans.one("span_kind == 'TOOL'")
    spans.order("name == 'FunctionAgent.run'", "span_kind == 'LLM'",
                "span_kind == 'TOOL'", "span_kind == 'LLM'")


@pytest.mark.parametrize("library", INSTRUMENTORS)
def test_traces_are_the_same_each_time(spans, run, library, tmp_path):
    from libphoenix.testing import capture
    masked = ["*"]
    with capture(folder=tmp_path, update_goldens=True) as first:
        run(library)
        first.golden("first.golden", masked=masked)
    spans._folder = tmp_path
    run(library)
    spans.golden("first.golden", masked=masked)


def test_every_instrumentor_is_found():
    names = sorted(name for name, _ in instrumentors())
    assert names == sorted(INSTRUMENTORS)
    try:
        assert sorted(instrument()) == names
    finally:
        for _, point in instrumentors():
            point.load()().uninstrument()


def rows_of(library, findings):
    """The lines of the table: what is found once or more."""
    counts = Counter((finding.severity, finding.rule, finding.name, re.sub(
        r"\d+", "N", finding.path)) for finding in findings)
    return [f"| {library} | {severity} | `{rule}` | {name} | "
            f"{f'`{path}`' if path else ''} | {count} |"
            for (severity, rule, name, path), count in sorted(counts.items())]


@pytest.mark.parametrize("library", INSTRUMENTORS)
def test_the_page_has_what_lint_finds(spans, run, library):
    run(library)
    told = [line for line in PAGE.read_text().splitlines()
            if line.startswith(f"| {library} |")]
    assert told == (rows_of(library, spans.findings()) or
                    [f"| {library} | | none | | | |"])
