"""Papers beside a referral: documents by their date and place, what was shared and why, questionnaires of a service."""

from workflows.charts.rows import from_each
from workflows.charts.states import RECEIVED
from workflows.fields.background import (
    ANSWERED_BY,
    DOCUMENT_DATE,
    DOCUMENT_KIND,
    DOCUMENT_PLACE,
    QUESTIONNAIRE,
    REPLIES,
    SHARED_BASIS,
    SHARED_WHAT,
    SHARED_WITH,
)
from workflows.fields.referral import REASON, REMARK
from workflows.guards.background import sharing_is_explained
from workflows.guards.standing import sharing_agreed
from workflows.vocabulary import STAYS, Move, Role

STAFF = (Role.ADMINISTRATOR, Role.DUTY, Role.CLINICIAN, Role.LEAD)
CLINICAL = (Role.DUTY, Role.CLINICIAN, Role.LEAD, Role.SAFEGUARDING)

# fmt: off
PAPERS = (
    *from_each(RECEIVED, Move("", "record_document",      STAYS, STAFF,    needs=(DOCUMENT_KIND, DOCUMENT_DATE, DOCUMENT_PLACE), takes=(REMARK,), adds="documents", while_held=True, side=True)),
    *from_each(RECEIVED, Move("", "record_sharing",       STAYS, CLINICAL, needs=(SHARED_WHAT, SHARED_WITH, SHARED_BASIS), takes=(REASON,), only_if=(sharing_is_explained, sharing_agreed), adds="sharings", while_held=True, side=True)),
    *from_each(RECEIVED, Move("", "record_questionnaire", STAYS, CLINICAL, needs=(QUESTIONNAIRE, ANSWERED_BY, REPLIES), adds="questionnaires", while_held=True, side=True)),
)
# fmt: on
