"""Words about staff: the discipline, the competency level and the NHS band."""

from workflows.sources import NATIONAL_REPORT
from workflows.terms import Term, by_code

_WHO = f"{NATIONAL_REPORT}: clinical psychologists, child psychotherapists, health visitors, social workers, midwives and other allied professionals"
_LEVELS = f"{NATIONAL_REPORT}: parent-infant team members expected to have attained competency levels 2 or 3"
_TEAM = f"{NATIONAL_REPORT}: peer supporter or family support worker"

# fmt: off
DISCIPLINES = by_code((
    Term("clinical_psychologist",    "Clinical psychologist", _WHO),
    Term("child_psychotherapist",    "Child psychotherapist", _WHO),
    Term("health_visitor",           "Health visitor (SCPHN, 0 to 19 specialist public health nurse)", _WHO),
    Term("social_worker",            "Social worker",         _WHO),
    Term("midwife",                  "Midwife",               _WHO),
    Term("peer_supporter",           "Peer supporter",        _TEAM),
    Term("family_support_worker",    "Family support worker", _TEAM),
    Term("discipline_other",         "Another allied profession", _WHO, own_words=True),
))
"""Health visitor, SCPHN and 0 to 19 specialist public health nurse are one discipline with several names (C-40)."""

AIMH_LEVELS = by_code((
    Term("2", "AiMH competency level 2", _LEVELS),
    Term("3", "AiMH competency level 3", _LEVELS),
))
"""The two levels that the report names. A clinical lead has attained level 3 (R-021)."""
# fmt: on

BANDS = ("1", "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9")
"""NHS bands from the lowest up; band 8 has four parts (R-369). Or what a voluntary organisation maps to them."""


def at_or_above(band: str, floor: str) -> bool:
    """Whether a band is at another or higher: the report counts posts at 8a and above. ValueError: no such band."""
    for one in (band, floor):
        if one not in BANDS:
            raise ValueError(f"no such NHS band: {one}")
    return BANDS.index(band) >= BANDS.index(floor)
