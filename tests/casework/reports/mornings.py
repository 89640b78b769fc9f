"""Mornings that the tests draw: a busy one in Leeds, one with nothing to say, and the pieces they are made of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from casework.reports.digest import Digest, DigestFlag, WaitingRow, WeekPoint

TODAY = date(2026, 3, 3)

WAIT_8 = DigestFlag(
    reference="LEE-0042",
    kind="wait_8_weeks",
    sentence="Waiting for a clinician for 8 weeks or more.",
    severity="amber",
    owner="manager",
    stage="waiting",
    raised_on=TODAY,
    days=56,
    since=date(2026, 1, 6),
)
WAIT_12 = replace(
    WAIT_8,
    reference="LEE-0017",
    kind="wait_over_12_weeks",
    sentence="Waiting for a clinician for more than 12 weeks.",
    severity="red",
    owner="clinical_lead",
    days=85,
    since=date(2025, 12, 8),
    replaces="wait_8_weeks",
)
LACKING = DigestFlag(
    reference="LEE-0051",
    kind="missing_information",
    sentence="The written referral lacks answers that the service needs.",
    severity="amber",
    owner="administrator",
    stage="rmg_review",
    raised_on=TODAY,
)

EMPTY = Digest(
    service="leeds-imhs",
    service_name="Leeds Infant Mental Health Service",
    as_of=TODAY,
    made_at=datetime(2026, 3, 3, 2, 31, 7, tzinfo=UTC),
    run_id="0195b0aa-6f0e-7cc3-9a51-2f6f0d1c2b3a",
    run_by="schedule on clinic-1",
    run_finished_at=datetime(2026, 3, 3, 2, 30, 41, tzinfo=UTC),
    figures=(56, 85),
    figures_source="Leeds guidance for perinatal colleagues",
    open_cases=0,
    quarantined=0,
    new=(),
    worsened=(),
    cleared=(),
    still_open=(),
    waiting=(),
    weeks=(),
)


def list_of(number: int, longest: int = 133) -> tuple[WaitingRow, ...]:
    """So many referrals, spread from today to the longest and thinning out as a list does; every ninth is on hold."""
    rows = []
    for n in range(number):
        days = int(longest * (1 - (n / max(number - 1, 1)) ** 0.5))
        held = n % 9 == 4
        rows.append(WaitingRow(f"LEE-{n + 1:04}", days, max(days - 14, 0) if held else days, held))
    return tuple(rows)


def year_of(latest: int) -> tuple[WeekPoint, ...]:
    """Fifty-three Tuesdays: the list falls over the summer and grows through the winter."""
    points = []
    for n in range(53):
        waiting = latest - 30 + (n - 26) ** 2 * 30 // 676
        points.append(WeekPoint(TODAY - timedelta(weeks=52 - n), waiting, waiting // 3, waiting // 9))
    return tuple(points)


BUSY = replace(
    EMPTY,
    open_cases=212,
    new=(WAIT_8, LACKING, replace(LACKING, reference="LEE-0060")),
    worsened=(WAIT_12,),
    cleared=(replace(WAIT_8, reference="LEE-0003", raised_on=date(2026, 2, 9), days=77, cleared_because="allocate"),),
    still_open=(
        *(replace(WAIT_8, reference=f"LEE-{n:04}", days=57 + n, raised_on=date(2026, 2, 20)) for n in range(20, 32)),
        *(replace(WAIT_12, reference=f"LEE-{n:04}", days=120 - n, replaces=None) for n in range(4, 11)),
        replace(LACKING, reference="LEE-0033", raised_on=date(2026, 1, 30), quiet_until=date(2026, 3, 17)),
    ),
    waiting=list_of(96),
    weeks=year_of(96),
)
ESSEX = replace(
    BUSY,
    service="together-with-baby",
    service_name="Together with Baby, Essex",
    figures=None,
    figures_source=None,
    review_label="triage",
    new=(LACKING,),
    worsened=(),
    cleared=(replace(LACKING, reference="LEE-0002", cleared_because="answer"),),
    still_open=(replace(LACKING, reference="LEE-0033", raised_on=date(2026, 1, 30)),),
    weeks=tuple(replace(week, over_first=None, over_last=None) for week in BUSY.weeks),
)
NAMED = replace(
    BUSY,
    new=(replace(WAIT_8, name="Rosalind Okafor"),),
    waiting=tuple(replace(row, name=f"Family {row.reference[-4:]}") for row in BUSY.waiting[:12]),
)
