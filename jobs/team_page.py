"""The team as a table."""

from casework.team import Member, Team
from jobs.boards import how_many
from jobs.show import Column, print_table, say

TEAM = (
    Column("reference"),
    Column("name", wraps=True),
    Column("discipline", wraps=True),
    Column("state", narrow=0),
    Column("band", narrow=0),
    Column("hours", right=True),
    Column("AiMH", right=True, narrow=0),
    Column("holds", right=True),
    Column("room", right=True),
)


def show(team: Team) -> None:
    if not team.members:
        return say("No staff record is here.")
    print_table(TEAM, [_row(member) for member in team.members])
    hours = f"{team.wte_percent // 100}.{team.wte_percent % 100:02}"
    people = how_many(team.headcount, "person", "people")
    say("", f"In post: {people}, {hours} whole-time equivalents; trainees are not counted.")
    if team.by_band:
        bands = ", ".join(f"{count} at band {band}" for band, count in team.by_band)
        say(f"{bands}; {team.at_8a_and_above} at 8a and above.")
    return say(*(f"{name} supervises {how_many(count, 'trainee', 'trainees')}." for name, count in team.supervises))


def _row(member: Member) -> list[str]:
    trainee = ", trainee" if member.trainee else ""
    return [
        member.reference,
        member.name,
        member.discipline.replace("_", " ") + trainee,
        member.state.replace("_", " "),
        member.band or "-",
        f"{member.wte_percent}%" if member.wte_percent else "-",
        member.aimh_level or "-",
        str(member.holds),
        "-" if member.places is None else str(max(member.places - member.holds, 0)),
    ]
