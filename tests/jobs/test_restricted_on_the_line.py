"""Whoever runs the command line for one role is shown what that role may see, on every page and in every document."""

from tests.casework.families import LEEDS
from tests.jobs.line import Line
from tests.readings.test_restricted import CANARY, SECRETS, TOLD


def test_on_the_line_one_role_sees_what_it_may_on_every_page(empty: Line) -> None:
    data = empty.answers(**TOLD)
    ref = empty.document("case", "open", LEEDS, "take_call", "--data", data)["reference"]
    as_clerk = ("--role", "administrator")
    shown = empty("case", "show", ref, *as_clerk).stdout
    assert "What may lie behind the difficulty: Poverty; restricted: ask the clinician" in shown
    assert "The carer's own account: restricted: ask the clinician" in shown
    program = empty.document("case", "show", ref, *as_clerk)["answers"]
    assert program["carer_account"] == {"restricted": "restricted: ask the clinician"}
    assert CANARY in empty("case", "history", ref, "--answers").stdout
    pages = (
        ("case", "history", ref),
        ("case", "history", ref, "--answers"),
        ("family", ref),
        ("duplicates", "show", ref, ref),
        ("duplicates", "merged", ref),
    )
    told = shown + "".join(empty(*page, *as_clerk, *more).output for page in pages for more in ((), ("--json",)))
    assert not [secret for secret in (*SECRETS, "unsafe relationship", "trauma") if secret in told]
    assert CANARY in empty("case", "show", ref).stdout
    assert CANARY in empty("case", "show", ref, "--role", "clinician").stdout
    assert CANARY not in repr(empty.log_lines())
    assert "choose from" in empty("case", "show", ref, "--role", "wizard").stderr
