"""Who takes the referral on: from the waiting list to a clinician, and from one clinician to another."""

from workflows.charts.rows import from_each
from workflows.charts.states import AT_WORK
from workflows.fields.ratings import STALENESS_ACCEPTED, STALENESS_REASON
from workflows.fields.referral import CLINICIAN, OVERRIDE_REASON, REASON
from workflows.fields.staff import CONFLICTED, SIGNED_OFF_BY
from workflows.guards.ratings import ratings_fresh
from workflows.guards.referral import consent_recorded
from workflows.guards.staff import clinician_has_room, clinician_in_post, not_conflicted, supervisor_signs_off
from workflows.guards.standing import assessment_agreed
from workflows.vocabulary import STAYS, Move, Role

CHAIR, LEAD, MGR = Role.CHAIR, Role.LEAD, Role.MANAGER
TO_WHOM = (clinician_in_post, clinician_has_room, supervisor_signs_off, not_conflicted)
BESIDE_THE_NAME = (OVERRIDE_REASON, SIGNED_OFF_BY, CONFLICTED)

# fmt: off
WAITING = (
    #    from            trigger              to              who           needs
    Move("waiting",      "allocate",          "allocated",    (MGR, LEAD),  needs=(CLINICIAN,), takes=(*BESIDE_THE_NAME, STALENESS_ACCEPTED, STALENESS_REASON), only_if=(consent_recorded, assessment_agreed, ratings_fresh, *TO_WHOM), stops=("wait_to_allocation",), marks="allocated_on"),
    Move("allocated",    "unallocate",        "waiting",      (MGR, LEAD),  needs=(REASON,), starts=("wait_to_allocation",), forgets=("clinician", "allocated_on")),
    Move("waiting",      "bring_back",        "rmg_review",   (CHAIR, LEAD), needs=(REASON,), marks="before_group_on", starts=("triage",)),
    *from_each(("allocated", *AT_WORK),
    Move("",             "change_clinician",  STAYS,          (MGR, LEAD),  needs=(CLINICIAN, REASON), takes=BESIDE_THE_NAME, only_if=TO_WHOM, marks="clinician_changed_on")),
)
"""A change of clinician stops no clock and starts none: the family's wait is the same wait."""
# fmt: on
