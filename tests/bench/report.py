"""Tables of figures: on the terminal row by row, and as a section of
docs/performance.md, whose other text is here."""
import datetime
import re
from pathlib import Path

HEAD = """\
# Performance

What the machine at hand does, not what any machine can do: `make bench` and `make bench-peers` write the tables below,
with the machine, the date and the command. No test looks at a clock; these are the only figures.

The standard load is `tests/bench/generate.c`: traces of agents, 2.7 kB a span on the wire, in eight projects, sent by
`build/load` from the same machine. Every answered span is on disk (fdatasync) before its answer. CPU counts every
thread of the server, compaction included, and is the steady figure where a machine is shared; rates and latencies
are wall time. A limit is measured in the same run: what the disk, zstd or a local socket alone would allow; the
ratio is to it. A verdict in brackets is of a store smaller than the figure asks for: `make bench BIG=1` fills 10 M.
"""

SECTIONS = ("make bench", "make bench-peers")


def number(value):
    """Three digits that count."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def numbers(values):
    return " / ".join(number(value) for value in values) if values else "-"


class Table:
    """Rows of text cells; the last column may be long."""

    def __init__(self, columns, widths):
        self.columns, self.widths, self.rows = columns, widths, []
        self.show(columns)

    def show(self, cells):
        line = "  ".join(f"{cell:<{width}}" for cell, width
                         in zip(cells, self.widths + [0])).rstrip()
        print(line, flush=True)

    def add(self, *cells):
        self.rows.append(cells)
        self.show(cells)

    def markdown(self):
        yield "| " + " | ".join(self.columns) + " |"
        yield "|" + " --- |" * len(self.columns)
        for cells in self.rows:
            yield "| " + " | ".join(cells) + " |"


def write_section(path, name, lines):
    """Puts the section of that name into the document, which keeps its
    others."""
    path = Path(path)
    text = path.read_text() if path.exists() else ""
    sections = {found: body for found, body in re.findall(
        r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", text, re.M | re.S)}
    sections[name] = "\n" + "\n".join(lines) + "\n\n"
    path.write_text((HEAD + "\n" + "".join(
        f"## `{known}`\n{sections[known]}" for known in SECTIONS
        if known in sections)).rstrip() + "\n")


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime(
        "%Y-%m-%d %H:%M UTC")
