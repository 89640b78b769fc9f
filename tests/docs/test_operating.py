"""The operator's page: its commands are ours, its unit and crontab would be accepted, and no figure is left out."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from casework.errors import CaseworkError
from casework.log import LogEvent
from jobs import metrics
from jobs.cli import casework
from persistence import faults

DOCS = Path(__file__).parents[2] / "casework" / "docs"
PAGE = (DOCS / "operating.md").read_text(encoding="utf-8")
UNIT = DOCS / "examples" / "casework-night.service"
CRONTAB = DOCS / "examples" / "casework-night.cron"
CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
CRON_LINE = re.compile(r"(?P<when>(?:[\d*,/-]+ +){5}) *(?P<user>[a-z]+) +(?P<command>.+)")


class Ini(configparser.ConfigParser):
    """systemd's files are near enough to ini files. Where a key is given twice, the last is seen."""

    def __init__(self) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit() -> Ini:
    read = Ini()
    read.read(UNIT, encoding="utf-8")
    return read


def blocks(language: str = "") -> list[str]:
    """The fenced blocks of the page in a language."""
    parts = re.split(r"^```(\w*)\n", PAGE, flags=re.MULTILINE)
    fences = zip(parts[1::4], parts[2::4], strict=True)
    return [text for named, text in fences if named == language]


def commands_of(line: str) -> Iterator[list[str]]:
    """The calls of casework in a line of shell."""
    for part in re.split(r"&&|\|\||[|;]", line):
        words = shlex.split(re.sub(r">\s*\S+", "", part))
        if words and Path(words[0]).name == "casework":
            yield words[1:]


def fault_of(words: list[str]) -> str:
    """Why click would not take the words: an unknown command or option, an argument too many; empty where it would."""
    command: click.Command = casework
    context = click.Context(command, info_name="casework")
    try:
        while isinstance(command, click.Group):
            name, found, rest = command.resolve_command(context, list(words))
            assert found is not None
            command, words = found, rest
            context = click.Context(found, parent=context, info_name=name)
        if words not in (["--help"], []):
            command.make_context(context.info_name, words, parent=context.parent)
    except (click.ClickException, CaseworkError) as refused:
        return str(refused)
    return ""


def lines_of_commands() -> list[str]:
    fenced = [line for block in (*blocks(), *blocks("cron")) for line in block.splitlines()]
    return [*fenced, *re.findall(r"`(casework [^`]+)`", PAGE)]


def test_every_command_of_the_page_is_one_of_ours_with_options_that_it_has() -> None:
    lines = [re.sub(r"^[\d*,/ -]+ +casework ", "", line) for line in lines_of_commands()]
    calls = [words for line in lines for words in commands_of(line.replace("DATE", "2026-11-20"))]
    assert len(calls) > 15
    assert {shlex.join(words): fault for words in calls if (fault := fault_of(words))} == {}


@pytest.mark.parametrize("wrong", ["schedul", "schedule --metric x", "night undone X", "nightly --as-of yesteryear"])
def test_a_command_that_is_none_would_be_found(wrong: str) -> None:
    assert fault_of(wrong.split())


def test_the_unit_starts_a_real_command_and_ends_it_kindly() -> None:
    service = unit()["Service"]
    (words,) = commands_of(service["ExecStart"])
    assert words[0] == "schedule"
    assert fault_of(words) == ""
    assert service["Type"] == "exec"
    assert service["Restart"] == "on-failure"
    assert "RestartPreventExitStatus" not in service, "an error that nobody foresaw ends with 2 as well"
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) >= 60


def test_the_unit_may_write_where_it_is_told_to_write_and_nowhere_else() -> None:
    service = unit()["Service"]
    hardened = ("ProtectSystem", "ProtectHome", "PrivateTmp", "NoNewPrivileges", "PrivateDevices", "RestrictNamespaces")
    assert all(service[name] in ("strict", "true") for name in hardened)
    states = [f"/var/lib/{name}" for name in service["StateDirectory"].split()]
    (words,) = commands_of(service["ExecStart"])
    (digests, metrics_file) = (words[words.index(option) + 1] for option in ("--digest", "--metrics"))
    assert {digests, str(Path(metrics_file).parent), service["WorkingDirectory"]} <= set(states)
    text = UNIT.read_text(encoding="utf-8")
    assert f"MPLCONFIGDIR=/var/cache/{service['CacheDirectory']}" in text
    assert "sqlite:////var/lib/casework/" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd to ask")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "casework"
    program.write_text(f"#!{sys.executable}\n", encoding="utf-8")
    program.chmod(0o755)
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text("utf-8").replace("/usr/local/bin/casework", str(program)), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True, check=False)
    assert (ran.returncode, [line for line in ran.stderr.splitlines() if UNIT.name in line]) == (0, [])


def cron_lines() -> list[re.Match[str]]:
    lines = [line for line in CRONTAB.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    in_the_page = blocks("cron")
    jobs = [line for line in lines if not re.match(r"[A-Z_]+=\S+$", line)]
    found = [CRON_LINE.fullmatch(line) for line in [*jobs, *(line.strip() for line in in_the_page)]]
    assert found
    assert None not in found
    return [line for line in found if line]


def test_the_crontab_has_times_that_cron_reads_and_commands_that_are_ours() -> None:
    for line in cron_lines():
        for field, (least, most) in zip(line["when"].split(), CRON_FIELDS, strict=True):
            numbers = [int(number) for number in re.findall(r"\d+", field.partition("/")[0])]
            assert all(least <= number <= most for number in numbers), field
        (words,) = list(commands_of(line["command"]))
        assert fault_of(words) == ""
        assert "%" not in line["command"], "cron ends a command at a percent sign"


def test_cron_begins_at_the_hour_and_tries_again_in_the_same_morning() -> None:
    (when,) = {line["when"] for line in cron_lines() if "nightly" in line["command"]}
    minute, hours, *days = when.split()
    assert (minute, days) == ("30", ["*"] * 3)
    assert len([hour for hour in hours.split(",") if 2 <= int(hour) < 12]) >= 3


def test_the_page_names_every_figure_every_line_of_the_service_and_every_trouble_of_a_database() -> None:
    figures = {value for value in vars(metrics).values() if isinstance(value, str) and value.startswith("casework_")}
    lines = {str(event) for event in LogEvent if event in ("schedule.held", "schedule.troubled", "schedule.failed")}
    codes = {"night_lost", "digest_not_writable", "metrics_not_writable", *faults._SENTENCES} - {"maybe_done"}
    assert len(figures) == 11
    assert {name for name in figures | lines | codes if f"`{name}`" not in PAGE} == set()
    assert set(re.findall(r"`(casework_[a-z_]+)`", PAGE)) == figures


def test_the_alarm_rules_ask_for_figures_that_are_written() -> None:
    (rules,) = blocks("yaml")
    asked = re.findall(r"casework_[a-z_]+", rules)
    assert set(asked) == {metrics.LAST, metrics.DIFFER}
