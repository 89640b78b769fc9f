"""The rows of a service, put together from groups by what its document says. The one place where a group is added."""

from dataclasses import replace

from workflows.charts.allocation import WAITING
from workflows.charts.calls import DUTY_CALL, DUTY_LINE
from workflows.charts.carers import AGE, CARERS
from workflows.charts.consulting import CONSULTED
from workflows.charts.endings import RE_REFERRED, told_at_the_end
from workflows.charts.intake import WRITTEN_REFERRAL
from workflows.charts.life import BIRTH, LOSSES
from workflows.charts.meetings import BEFORE_THE_GROUP, OUTCOME_TOLD
from workflows.charts.merging import TWO_REFERRALS
from workflows.charts.options import (
    ASK_THE_REFERRER,
    GIVE_PRIORITY,
    INVITE_THE_REFERRER,
    NEONATAL_ROUTE,
    PROTECTION_PATHWAY,
    SEND_THE_FORM_BACK,
    VISIT_JOINTLY,
)
from workflows.charts.outcomes import ACCEPT_ASSESSMENT, ACCEPT_DIRECT, CONSULTATION, OTHER_OUTCOMES, WATCHFUL_WAITING
from workflows.charts.papers import PAPERS
from workflows.charts.pending import nothing_left_pending
from workflows.charts.people import LETTERS, PEOPLE, RESTRICTING
from workflows.charts.ratings import RATINGS
from workflows.charts.rows import with_reopening
from workflows.charts.safeguarding import SAFEGUARDING, under_the_overlays
from workflows.charts.sidepaths import SIDE_PATHS
from workflows.charts.transfers import COWORKING, TRANSFERS
from workflows.charts.work import WORK
from workflows.guards.options import service_is_open
from workflows.settings import Settings
from workflows.vocabulary import NEW, Move, Role

Rows = tuple[Move, ...]

ACCEPTED_MEANS: dict[str, Rows] = {"direct_work": ACCEPT_DIRECT, "assessment": ACCEPT_ASSESSMENT}
INCOMPLETE_FORM: dict[str, Rows] = {"request": ASK_THE_REFERRER, "reject": SEND_THE_FORM_BACK}


def rows_of(settings: Settings) -> Rows:
    """Every row of the pathway of a service, in the order in which it is read."""
    rows = (
        *DUTY_LINE,
        *DUTY_CALL,
        *WRITTEN_REFERRAL,
        *RE_REFERRED,
        *BEFORE_THE_GROUP,
        *OUTCOME_TOLD,
        *ACCEPTED_MEANS[settings.accepted_means],
        *OTHER_OUTCOMES,
        *WATCHFUL_WAITING,
        *CONSULTATION,
        *WAITING,
        *WORK,
        *RATINGS,
        *SIDE_PATHS,
        *BIRTH,
        *LOSSES,
        *CARERS,
        *AGE,
        *TRANSFERS,
        *COWORKING,
        *SAFEGUARDING,
        *TWO_REFERRALS,
        *CONSULTED,
        *PEOPLE,
        *LETTERS,
        *PAPERS,
        *RESTRICTING,
        *INCOMPLETE_FORM[settings.incomplete_form],
        *(GIVE_PRIORITY if settings.priority else ()),
        *(INVITE_THE_REFERRER if settings.referrer_at_meeting else ()),
        *(VISIT_JOINTLY if settings.joint_visit else ()),
        *(NEONATAL_ROUTE if settings.neonatal_route else ()),
        *(PROTECTION_PATHWAY if settings.protection_pathway else ()),
    )
    whole = nothing_left_pending(under_the_overlays(with_reopening(told_at_the_end(rows))))
    return tuple(_also(_while_open(row), settings) for row in whole)


def _while_open(row: Move) -> Move:
    """Nothing new begins with a service that is closed."""
    return replace(row, only_if=(service_is_open, *row.only_if)) if row.source == NEW else row


def _also(row: Move, settings: Settings) -> Move:
    """The row with those roles too to which the service gives what another may do."""
    more = dict.fromkeys(Role(other) for role, other in settings.also_may if role in row.who and other not in row.who)
    return replace(row, who=(*row.who, *more)) if more else row
