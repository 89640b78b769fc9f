"""A pathway that is proposed: one that is registered, or one that stands in a file of its own and is not yet.

A file is the document of a service, or Python that changes what a document cannot say.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from casework.errors import BadRequest
from workflows import Chart, UnsoundChart
from workflows.registry import CHARTS, UnknownPathway, chart_named
from workflows.services.building import chart_from
from workflows.services.reading import UnreadableService

_UNREADABLE = (
    *(SyntaxError, ImportError, NameError, AttributeError, TypeError, ValueError, LookupError, OSError),
    *(ArithmeticError, AssertionError, RuntimeError),
)
"""What a file raises that is no chart, or not yet: a mistake of the pen, which is told with its line."""


def proposed(name: str) -> Chart:
    """By `name@version`, by name alone, or by a file: a document (`leeds_v2.toml`) or Python (`leeds_v2.py`).

    Raises `BadRequest`. A Python file is run to be read, with the rights of whoever asks.
    """
    if name.endswith(".toml"):
        return _described_in(Path(name))
    if name.endswith(".py"):
        return _chart_in(Path(name))
    try:
        return chart_named(name)
    except UnknownPathway as problem:
        sentence = f"{problem} Or name a file that holds one: a document (.toml), or Python (.py)."
        raise BadRequest("unknown_pathway", sentence, "pathway") from None


def _described_in(path: Path) -> Chart:
    if not _is_there(path):
        raise BadRequest("no_such_file", "There is no such file.", "pathway")
    try:
        return chart_from(path)
    except UnreadableService as unreadable:
        raise BadRequest("bad_service_document", str(unreadable), "pathway") from None


def _chart_in(path: Path) -> Chart:
    module = _module(path)
    registered = [id(chart) for chart in CHARTS.values()]
    charts = {id(c): c for c in vars(module).values() if isinstance(c, Chart) and id(c) not in registered}
    if len(charts) != 1:
        raise BadRequest("not_one_pathway", f"The file holds {len(charts)} new pathways; one is asked for.", "pathway")
    return next(iter(charts.values()))


def _module(path: Path) -> ModuleType:
    """Run under the name that the file would have among the services, so that its digest is what it would be there."""
    spec = spec_from_file_location(f"workflows.services.{path.stem}", path)
    if spec is None or spec.loader is None or not _is_there(path):
        raise BadRequest("no_such_file", "There is no such file.", "pathway")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except UnsoundChart as problem:
        raise BadRequest("unsound_pathway", f"{problem}.", "pathway") from None
    except _UNREADABLE as problem:
        raise BadRequest("not_a_pathway", _why(path, problem), "pathway") from None
    return module


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for one
        return False


def _why(path: Path, problem: Exception) -> str:
    trace = problem.__traceback__ if not isinstance(problem, SyntaxError) else None
    line = problem.lineno if isinstance(problem, SyntaxError) else None
    while trace is not None:
        line = trace.tb_lineno if Path(trace.tb_frame.f_code.co_filename) == path else line
        trace = trace.tb_next
    where = f" at line {line}" if line else ""
    return f"The file cannot be read as a pathway: {type(problem).__name__}{where}."
