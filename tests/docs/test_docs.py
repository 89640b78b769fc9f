"""Every line of the documents that can be checked is checked: commands, pictures, examples, links and decisions."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from casework.log import LogEvent
from workflows.diagram import main_line
from workflows.registry import CHARTS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "casework" / "docs"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))
EXAMPLES = sorted((DOCS / "examples").glob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def casework(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line as a new user calls it, in a folder of their own. At a terminal the log is kept there too."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "CASEWORK_LOG": "casework.log"}
    command = [sys.executable, "-m", "jobs", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def after(marker: str, text: str = README) -> list[str]:
    """The fenced blocks that follow a marker."""
    return re.findall(re.escape(f"<!-- {marker} -->") + r"\n```\w*\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_runs_as_it_stands_in_an_empty_folder(example: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    ran = subprocess.run(
        [sys.executable, str(example)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout


def test_the_readme_embeds_in_the_lines_that_are_tested() -> None:
    (block,) = after("example: casework/docs/examples/embed.py")
    source = (DOCS / "examples" / "embed.py").read_text(encoding="utf-8")
    assert source.endswith(block)
    calls = [line for line in block.splitlines() if line and not line.startswith(("from", "import", " "))]
    assert len(calls) <= 12


def test_the_readme_draws_the_pathway_that_runs() -> None:
    (block,) = after("pathway")
    assert block == main_line(CHARTS["leeds-imhs@1"])


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    (block,) = after("demo")
    ran = casework(["demo"], tmp_path)
    assert ran.returncode == 0, ran.stderr
    missing = [line for line in block.splitlines() if line and line not in ran.stdout]
    assert missing == []


def test_every_command_that_the_readme_names_works_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = ROOT / "casework" / "samples" / "caseload.csv"
    (tmp_path / "caseload.csv").write_bytes(sample.read_bytes())
    commands = [shlex.split(line)[1:] for block in after("commands") for line in block.splitlines() if line]
    assert len(commands) >= 9
    for command in commands:
        dated = [*command, "--as-of", "2026-11-20"] if command[0] in ("import", "nightly") else command
        ran = casework(dated, tmp_path)
        # the sample has rows that must be refused, which is exit 1: done, with findings
        assert ran.returncode == (1 if command[0] == "import" else 0), (command, ran.stderr)


def test_every_make_target_that_a_page_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        t for page in PAGES for t in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", page.read_text("utf-8"), re.M)
    }
    assert {a or b for a, b in named} <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    gone = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert gone == []


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=lambda path: path.stem[:4])
def test_a_decision_has_its_five_parts_and_fits_on_a_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(r"# \d{4} .+\n\nStatus: (accepted|superseded), \d{4}-\d\d-\d\d · Area: ", text)
    parts = re.findall(r"^(Context|Decision|Consequences|Rejected|Enforced by)\. ", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences", "Rejected", "Enforced by"]
    assert text.count("\n") < 50
    named = re.findall(r"`((?:casework|persistence|workflows|jobs|tests)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_field_guide_names_every_audit_event_and_no_other() -> None:
    table = (DOCS / "audit.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", table)) - {"casework.audit", "jobs.logs"}
    of_the_programs = {"casework.failed", "library.complained"}
    of_the_programs |= {"log.lines_dropped", "log.not_writable", "log.not_rendered"}
    assert named == {str(event) for event in LogEvent} | of_the_programs


def test_no_page_names_a_path_of_one_machine_or_a_download_host() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    hosts = re.compile(r"(?<![\w.])/(?:root|opt|work)/|" + "py" + r"pi\.org|files\.python" + r"hosted")
    named = []
    for name in tracked:
        path = ROOT / name
        if name and path.is_file() and path.suffix in (".md", ".toml", ".txt", ".in", ".py", ".ini", ".cfg", ""):
            named += [name] if hosts.search(path.read_text(encoding="utf-8", errors="replace")) else []
    assert named == ["tests/docs/test_docs.py"] or named == []
