"""The pytest plugin: the fixture `spans`, the option --update-goldens."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generator, Iterator

import pytest

if TYPE_CHECKING:
    from .testing import Capture


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("libphoenix").addoption(
        "--update-goldens", action="store_true",
        help="write the golden traces that spans differ from")


@pytest.fixture  # type: ignore[untyped-decorator,unused-ignore]
def spans(request: pytest.FixtureRequest) -> Iterator[Capture]:
    """What the test's code traces. Golden files are beside the test's."""
    from .testing import capture
    with capture(folder=request.path.parent,
                 update_goldens=request.config.getoption(
                     "--update-goldens") or None) as captured:
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
    from .testing import Capture
    if isinstance(captured, Capture) and len(captured) > 0:
        report.sections.append(("Captured spans", str(captured)))
