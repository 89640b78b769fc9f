"""What an import did, as people read it: counts, and every row that was not loaded with the reason."""

from collections.abc import Iterator

from casework.intake.importing import ImportReport, RefusedRow
from jobs.boards import counts, how_many
from jobs.show import DRY_RUN, Column, Row, print_table, say
from workflows import Stage

REFUSED = (
    Column("row", right=True),
    Column("reference"),
    Column("column"),
    Column("code"),
    Column("what is wrong", wraps=True),
)


def show_import(report: ImportReport, name: str) -> None:
    say(*summary(report, name))
    if report.refused:
        say("")
        print_table(REFUSED, [row for refused in report.refused for row in _rows(refused)])
    if report.alike:
        say("", "These may be of one baby. Compare them with casework duplicates show:")
        say(*(f"  {one.first} and {one.second} ({'; '.join(one.because)})" for one in report.alike))
    if report.changed:
        say("", "These are here already, and their rows read otherwise now. They were left as they are:")
        say(*(f"  {reference}" for reference in report.changed))


def summary(report: ImportReport, name: str) -> Iterator[str]:
    loaded = "would be loaded" if report.dry_run else "loaded"
    yield (
        f"{name}: {how_many(report.read, 'row', 'rows')} read, {report.loaded} {loaded}, "
        f"{report.unchanged} unchanged, {len(report.refused)} refused ({report.seconds:.1f} s)."
    )
    if report.stages:
        yield f"By stage: {counts({s: report.stages[s] for s in Stage if s in report.stages})}."
    yield from report.notices
    if report.dry_run:
        yield DRY_RUN


def _rows(refused: RefusedRow) -> Iterator[Row]:
    """A line for each problem of a row; its number and reference stand once."""
    yield str(refused.row), refused.reference or "-", refused.column or "-", refused.code, refused.message
    for code, column, message in refused.also:
        yield "", "", column or "-", code, message
