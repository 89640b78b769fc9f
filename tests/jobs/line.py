"""A command line as a person has it before them, on one clinic, on an evening that stands still."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from jobs.cli import casework

SAMPLE = Path(__file__).parents[2] / "casework" / "samples" / "caseload.csv"
DAY = date(2026, 11, 20)
EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


class Line:
    """`line("worklist", "--json")` runs a command on one clinic. The audit goes to `log`, so stderr is for people."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.log = url, folder, folder / "audit.jsonl"

    def __call__(self, *arguments: object, stdin: str | bytes | None = None) -> Result:
        words = ["--database", self.url, "--log", str(self.log), *map(str, arguments)]
        result = CliRunner().invoke(casework, words, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    def document(self, *arguments: object, exit_code: int = 0, stdin: str | None = None) -> Any:
        """What `--json` printed: one document, and nothing else on stdout."""
        result = self(*arguments, "--json", stdin=stdin)
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def answers(self, **answers: object) -> Path:
        path = self.folder / "answers.json"
        path.write_text(json.dumps(answers), encoding="utf-8")
        return path

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
