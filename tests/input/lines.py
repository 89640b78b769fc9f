"""Command lines in which one or two words are malformed, or the file that they name."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.input.malformed import DEEP, HEAVY, MARK, NUMBER, STAFF, TEXTS, Malformed
from tests.input.sheets import sheet

DATA, SHEET = "answers.json", "caseload.csv"
LONGEST_WORD = 100_000
"""Characters: about what an operating system lets one word of a command be."""

STEP = ("--data", DATA, "--on", "2026-04-20", "--as", "Ada", "--key", "k-1", "--dry-run")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("case", "show", "L-0"),
    ("case", "history", "L-0", "--json"),
    ("case", "options", "L-0", "--as", "Ada"),
    ("case", "fire", "L-0", "add_information", *STEP, "--seen", "3"),
    ("case", "fire", "L-1", "allocate", *STEP, "--json"),
    ("case", "fire", "L-1", "acknowledge", "--data", "-"),
    ("case", "open", "leeds-imhs", "take_call", *STEP, "--reference", "N-1"),
    ("case", "open", "leeds-imhs", "receive_referral", *STEP, "--json"),
    ("worklist", "--service", "leeds-imhs", "--stage", "waiting", "--kind", "wait_8_weeks", "--as-of", "2026-04-20"),
    ("worklist", "--known", "then", "--json"),
    ("flags", "--known", "now", "--explain", "--all", "--as-of", "today"),
    ("flag", "seen", "L-0", "wait_8_weeks", "--reason", "x", "--as", "Ada", "--dry-run"),
    ("flag", "snooze", "L-0", "wait_8_weeks", "--until", "2026-05-20", "--reason", "x", "--dry-run"),
    ("flag", "wake", "L-0", "wait_8_weeks", "--dry-run"),
    ("flag", "history", "L-0", "wait_8_weeks"),
    ("figures", "--service", "leeds-imhs"),
    ("figures", "set", "outcome", "3", "--service", "leeds-imhs", "--source", "x", "--from", "2026-05-20", "--dry-run"),
    ("nights", "--service", "leeds-imhs", "--most", "3"),
    ("night", "undo", "01", "--reason", "x", "--service", "leeds-imhs", "--as", "Ada", "--dry-run"),
    ("nightly", "--as-of", "2026-04-29", "--service", "leeds-imhs", "--as", "Ada", "--dry-run"),
    ("import", SHEET, "--as-of", "2026-04-20", "--as", "Ada", "--dry-run"),
    ("import", SHEET, "--json", "--dry-run"),
    ("pathway", "show", "leeds-imhs"),
    ("pathway", "check", "leeds-imhs"),
    ("pathway", "diagram", "leeds-imhs", "--markdown"),
    ("audit", "replay", "L-0"),
    ("schedule", "--every", "x"),
    ("db", "current", "--database", "sqlite:///other.db"),
    ("worklist", "--log", "other.log"),
)
TOLD = frozenset({"--as", "--key", "--reference", "--database", "--log", "import"})
"""Words after which a right one is told by name; files are."""

Files = dict[str, bytes]


def line(made: Malformed) -> tuple[list[str], Files]:
    words = list(made.dice.choice(COMMANDS))
    files = {DATA: answers_file(made), SHEET: sheet(made)}
    in_the_file = bool({DATA, "-", SHEET} & set(words)) and made.dice.random() < 0.5
    for at in [] if in_the_file else made.dice.sample(range(len(words)), k=made.dice.choice([1, 1, 2])):
        words[at] = word(made, STAFF if at and words[at - 1] in TOLD else MARK)
    if made.dice.random() < 0.05:
        words.insert(made.dice.randrange(len(words) + 1), f"--{word(made, MARK)}")
    return words, files


def word(made: Malformed, mark: str) -> str:
    names = [name for name in TEXTS if name not in HEAVY]
    return TEXTS[made.dice.choice(names)](mark)[:LONGEST_WORD]


def written(value: object) -> bytes:
    return json.dumps(value).encode("ascii")


FILES: tuple[Callable[[Malformed], bytes], ...] = (
    lambda m: written({"infant_name": m.text(), "carer_name": m.text()}),
    lambda m: written({m.text(): 1}),
    lambda m: json.dumps({"infant_name": m.text()}, ensure_ascii=False).encode("utf-8", "surrogatepass"),
    lambda m: f'{{"infant_name": "{MARK}", "infant_name": "{MARK}"}}'.encode(),
    lambda m: f'{{"infant_name": NaN, "{MARK}": -Infinity}}'.encode(),
    lambda m: f'{{"infant_name": {NUMBER * 10_000}}}'.encode(),
    lambda m: f'{{"infant_name": 1e{NUMBER}, "carer_name": -0.0}}'.encode(),
    lambda m: b'{"infant_name": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    lambda m: b'{"infant_name": ' * DEEP + b"1" + b"}" * DEEP,
    lambda m: written([MARK]),
    lambda m: written(MARK),
    lambda m: b"",
    lambda m: b"\xef\xbb\xbf" + written({"infant_name": [MARK, {MARK: 1}]}),
    lambda m: written({"infant_name": MARK}).decode("ascii").encode("utf-16"),
    lambda m: MARK.encode() + b"\xff\xfe\x80",
    lambda m: b'{"infant_name": "\x00\x1f' + MARK.encode() + b'"}',
    lambda m: written({f"{MARK}{n}": MARK for n in range(5_000)}),
    lambda m: m.dice.randbytes(500),
    lambda m: written({"infant_name": m.text()})[:-2],
    lambda m: b'{"infant_name": "' + MARK.encode() * 900_000 + b'"}',
    lambda m: b'{"interventions": [' + b'"x",' * 100_000 + b'"x"]}',
)


def answers_file(made: Malformed) -> bytes:
    return made.dice.choice(FILES)(made)


def put(files: Files, folder: Path) -> None:
    for name, held in files.items():
        (folder / name).write_bytes(held)
