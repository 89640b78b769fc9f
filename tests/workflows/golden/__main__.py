"""Writes the pages that clinical safety officers sign, and the digests of the charts behind them, anew.

    python -m tests.workflows.golden

Only for a chart that is not released yet. A released chart is frozen (decision 0005): what it says about a case that
is pinned to it must not change. Put a new version beside it in `workflows/services` instead; this adds its page.
"""

import json
import sys
from pathlib import Path

from workflows import Chart
from workflows.diagram import digest, markdown
from workflows.registry import CHARTS

FOLDER = Path(__file__).parent
DIGESTS = FOLDER / "digests.json"


def page_of(chart: Chart) -> Path:
    return FOLDER / f"{chart.id}.md"


def write() -> list[Path]:
    """The files whose content changed."""
    wanted = {page_of(chart): markdown(chart) for chart in CHARTS.values()}
    wanted[DIGESTS] = json.dumps({name: digest(chart) for name, chart in CHARTS.items()}, indent=2) + "\n"
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        path.write_text(wanted[path], "utf-8")
    return changed


if __name__ == "__main__":
    sys.stdout.writelines(f"{path.name} written; read its diff: it is what would be signed\n" for path in write())
