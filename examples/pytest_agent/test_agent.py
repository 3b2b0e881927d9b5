"""What the agent's traces are like: pytest, with libphoenix installed."""
import pytest
from agent import run


class Model:
    """Asks for a tool, so many times."""
    name = "gpt-4o-mini"

    def __init__(self, rounds):
        self.rounds = rounds

    def __call__(self, messages):
        self.rounds -= 1
        tool = "tide" if self.rounds >= 0 else None
        return "Wait." if tool else "At noon.", tool, (20, 5)


TOOLS = {"tide": lambda: "noon"}


def test_a_question_takes_one_tool(spans):
    assert run(spans.tracer, Model(1), TOOLS, "tide at the mill?") == "At noon."
    spans.tree("""
        agent
          retriever [retrieval.documents is not None]
          llm
          tool
          llm
    """)
    spans.attributes("name == 'agent'", {"output.value": "At noon."})
    spans.tokens(prompt=20, completion=5)
    spans.lint()


@pytest.mark.parametrize("rounds", [0, 1, 2, 9])
def test_the_model_is_asked_three_times_at_most(spans, rounds):
    run(spans.tracer, Model(rounds), TOOLS, "tide?")
    spans.budget(calls=3, tokens=75, cost=0.01)
    spans.tree("agent\n  retriever\n  ...")


def test_a_tool_that_fails_is_an_error_all_the_way_up(spans):
    with pytest.raises(ZeroDivisionError):
        run(spans.tracer, Model(1), {"tide": lambda: 1 / 0}, "tide?")
    spans.order("name == 'ask'", "name == 'tide' and status_code == 'ERROR'")
    spans.below("name == 'tide'", "status_code == 'ERROR'", directly=True)
    spans.one("name == 'agent' and status_message == 'division by zero'")


def test_the_trace_is_as_it_was(spans):
    run(spans.tracer, Model(1), TOOLS, "when does the mill open?")
    spans.golden("agent.golden")
