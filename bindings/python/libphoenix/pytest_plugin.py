"""The pytest plugin: the fixture `spans`, the option --update-goldens."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generator, Iterator

import pytest

if TYPE_CHECKING:
    from .testing import Capture


OPTION = "--update-goldens"


def add_option(parser: pytest.Parser) -> None:
    """If another plugin, as pytest-golden, has it, that one's counts."""
    if OPTION in parser.parse_known_and_unknown_args([OPTION])[1]:
        parser.getgroup("libphoenix").addoption(
            OPTION, action="store_true",
            help="write the golden traces that spans differ from")


def pytest_addoption(parser: pytest.Parser,
                     pluginmanager: pytest.PytestPluginManager) -> None:
    """One of a conftest.py, whose turn is after that of all others."""
    if any(name.endswith("conftest.py")
           for name, _ in pluginmanager.list_name_plugin()):
        add_option(parser)


def pytest_load_initial_conftests(parser: pytest.Parser) -> None:
    """The plugins are known now, in whatever order they came."""
    add_option(parser)


@pytest.fixture  # type: ignore[untyped-decorator,unused-ignore]
def spans(request: pytest.FixtureRequest) -> Iterator[Capture]:
    """What the test's code traces. Golden files are beside the test's."""
    from .testing import capture
    with capture(folder=request.path.parent,
                 update_goldens=request.config.getoption(
                     OPTION, False) or None) as captured:
        yield captured


@pytest.hookimpl(  # type: ignore[untyped-decorator,unused-ignore]
    hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item
                              ) -> Generator[None, Any, None]:
    """Shows the trees of a test that failed for whatever reason."""
    report = (yield).get_result()
    captured = getattr(item, "funcargs", {}).get("spans")
    if captured is None or report.when != "call" or not report.failed:
        return
    from .errors import Error
    from .testing import Capture
    try:
        if isinstance(captured, Capture) and len(captured) > 0:
            report.sections.append(("Captured spans", str(captured)))
    except Error as error:  # such as that the test closed the store
        report.sections.append(("Captured spans", str(error)))
