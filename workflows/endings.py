"""How a case can end: for each closed state its reasons, what each needs, how it is counted and who chooses it.

An open safeguarding concern blocks the endings that the service chooses until a named person signs it off. It blocks
none that the family chooses, nor a loss: the work ends, and the concern stays open (refusal 8 of X4). A referral is merged
only once its concern is signed off, for nothing else would hold the one that stays.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from workflows.sources import DUTY_CALL_GUIDE, ESSEX_GUIDANCE, NATIONAL_REPORT, PERINATAL_GUIDANCE, PUBLIC_PAGE


class Counted(StrEnum):
    """On which line of a report an ending stands. EXCLUDED: on none."""

    DECLINE = "decline"
    DECLINE_WITH_ADVICE = "decline_with_advice"
    REDIRECT = "redirect"
    REJECTED = "rejected_incomplete"
    SIGNPOSTED = "signposted"
    SIGNPOSTED_ASSESSED = "signposted_assessed"
    INDIRECT = "indirect_work"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"
    OWN_LINE = "own_line"
    LOSS = "loss"
    EXCLUDED = "excluded"


class ChosenBy(StrEnum):
    """Who decides that it ends. NOBODY: a life decides, or two records turn out to be one."""

    SERVICE = "service"
    FAMILY = "family"
    NOBODY = "nobody"


class Need(StrEnum):
    """What has to be recorded before a case may end so; the sentence that a person reads stands in `NEEDS`."""

    REASON = "reason"
    SERVICES = "services_named"
    ADVICE = "advice"
    MAY_CALL_AGAIN = "may_call_again"
    REFERRER_TOLD = "referrer_told"
    DISCUSSED = "discussed"
    SUMMARY = "summary"
    RECOMMENDATIONS = "recommendations"
    RECIPIENTS = "recipients"
    MEASURES = "measures_and_goals"
    INFANT_VOICE = "infant_voice"
    PLACEMENT = "placement_outcome"
    ALTERNATIVES = "alternatives_offered"
    WHO_SAID_SO = "who_said_so"
    MISSING = "what_is_missing"
    CONTENTS_READ = "contents_read"
    REMINDED = "reminded"
    RISK_REVIEW = "risk_review"
    HOLDER = "holder"
    REVIEW_DAY = "review_day"
    INTERIM_SUPPORT = "interim_support"
    WITHDRAWN_BY = "withdrawn_by"
    OTHER_HOLDER = "other_holder"
    SAFEGUARDING_CHECKED = "safeguarding_checked"
    NEW_AREA = "new_area"
    TRANSFER_OFFERED = "transfer_offered"
    HANDED_ON = "safeguarding_handed_on"
    RECEIVING_SERVICE = "receiving_service"
    PACKAGE = "package"
    ACCEPTED = "accepted_there"
    ATTEMPTS = "attempts"
    HEALTH_VISITOR_TOLD = "health_visitor_told"
    CARE_LEAVER = "care_leaver_care"
    LEAD_SIGNS = "lead_signs"
    CONFIRMED_BY = "confirmed_by"
    FAMILY_TOLD = "family_told"
    BEREAVEMENT = "bereavement_services"
    SURVIVING = "surviving_reference"


# fmt: off
NEEDS: dict[Need, str] = {
    Need.REASON:               "the reason, in words",
    Need.SERVICES:             "the services named to the family or the referrer",
    Need.ADVICE:               "the advice given",
    Need.MAY_CALL_AGAIN:       "that they may call again if things change",
    Need.REFERRER_TOLD:        "when the referrer was told",
    Need.DISCUSSED:            "that it was discussed with the referrer, and what was decided",
    Need.SUMMARY:              "the summary",
    Need.RECOMMENDATIONS:      "the recommendations",
    Need.RECIPIENTS:           "to whom the summary went",
    Need.MEASURES:             "measures and goals, or the reason why there are none",
    Need.INFANT_VOICE:         "what the baby is telling us, or why the baby was not observed",
    Need.PLACEMENT:            "whether the baby stayed with the family or was reunited with it, where that was in question",
    Need.ALTERNATIVES:         "the alternatives offered",
    Need.WHO_SAID_SO:          "who said so: the family and the referrer are both asked",
    Need.MISSING:              "what is missing, named one by one",
    Need.CONTENTS_READ:        "that the contents were read for safeguarding, and by whom",
    Need.REMINDED:             "when the referrer was reminded",
    Need.RISK_REVIEW:          "a clinician's review of the risk",
    Need.HOLDER:               "who stays alongside the family",
    Need.REVIEW_DAY:           "the day of the review",
    Need.INTERIM_SUPPORT:      "what supports the family meanwhile",
    Need.WITHDRAWN_BY:         "who withdrew consent, with what standing, and for what",
    Need.OTHER_HOLDER:         "that another holder of parental responsibility was considered",
    Need.SAFEGUARDING_CHECKED: "that it was looked whether a safeguarding concern is open",
    Need.NEW_AREA:             "the new area, or that it is not known",
    Need.TRANSFER_OFFERED:     "whether a transfer was offered",
    Need.HANDED_ON:            "an open safeguarding concern handed on in writing",
    Need.RECEIVING_SERVICE:    "the receiving service",
    Need.PACKAGE:              "what was sent with the referral",
    Need.ACCEPTED:             "that the receiving service has accepted",
    Need.ATTEMPTS:             "the attempts, by the agreed and safe route",
    Need.HEALTH_VISITOR_TOLD:  "when the health visitor or midwife was told",
    Need.CARE_LEAVER:          "for a carer who left care: how and by whom contact was made",
    Need.LEAD_SIGNS:           "the clinical lead's signature",
    Need.CONFIRMED_BY:         "who confirmed it, from what source, and the day; no cause is asked for",
    Need.FAMILY_TOLD:          "what the family has been told",
    Need.BEREAVEMENT:          "the services given for the loss",
    Need.SURVIVING:            "the reference of the record that stays",
}
# fmt: on

PUT_AWAY = frozenset({"void", "closed_loss", "merged", "restricted"})
"""Closed states that nothing reopens and from which nothing goes out: a later baby after a loss is a new referral, a
merge is undone by history, a restriction is lifted by the safeguarding lead alone.
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """One reason of one closed state. A code may stand under two states: a group declines and signposts for alike."""

    state: str
    code: str
    words: str
    counted: Counted
    chosen_by: ChosenBy
    needs: tuple[Need, ...]
    source: str

    @property
    def blocked_by_concern(self) -> bool:
        """Whether an open safeguarding concern has to be signed off first."""
        return self.chosen_by is ChosenBy.SERVICE

    @property
    def reopens(self) -> bool:
        """Whether it may be reopened within the days that the service sets."""
        return self.state not in PUT_AWAY


SERVICE, FAMILY, NOBODY = ChosenBy.SERVICE, ChosenBy.FAMILY, ChosenBy.NOBODY
DECLINE, WITH_ADVICE = Counted.DECLINE, Counted.DECLINE_WITH_ADVICE
NAMED = (Need.SERVICES, Need.ADVICE, Need.MAY_CALL_AGAIN, Need.REFERRER_TOLD)
PLANNED = (Need.SUMMARY, Need.MEASURES, Need.INFANT_VOICE, Need.PLACEMENT, Need.SERVICES, Need.REFERRER_TOLD)
HANDED = (Need.RECEIVING_SERVICE, Need.PACKAGE, Need.ACCEPTED, Need.HANDED_ON, Need.REFERRER_TOLD)
CHART = "requirements X3"

# fmt: off
_BY_THE_GROUP = (
    Ending("declined", "relationship_not_at_risk",   "The relationship is not at risk",                  WITH_ADVICE, SERVICE, NAMED, f"{ESSEX_GUIDANCE}: the referrer will be supported to signpost the family to other more appropriate resources"),
    Ending("declined", "lower_level_of_need",        "A lower level of support is indicated",            WITH_ADVICE, SERVICE, NAMED, f"{PERINATAL_GUIDANCE}: Lower levels of support indicated"),
    Ending("declined", "other_need_is_primary",      "Another need comes first, not the relationship",   DECLINE, SERVICE, NAMED, f"{PUBLIC_PAGE}: the service only works with families where the difficulty is with the infant-primary caregiver relationship"),
    Ending("declined", "outside_age",                "Outside the ages that the service sees",           DECLINE, SERVICE, NAMED, f"{ESSEX_GUIDANCE}: The infant is over 24 months in age"),
    Ending("declined", "outside_area",               "Outside the area or the GPs of the service",       DECLINE, SERVICE, NAMED, f"{ESSEX_GUIDANCE}: The parent and infant are not living in the EPUT footprint"),
    Ending("declined", "not_primary_carer",          "The carer is not the baby's primary carer",        DECLINE, SERVICE, (Need.DISCUSSED, *NAMED), f"{ESSEX_GUIDANCE}: then the referral will be discussed"),
    Ending("declined", "no_contact",                 "The baby is not in contact with the carer",        DECLINE, SERVICE, (Need.DISCUSSED, *NAMED), f"{ESSEX_GUIDANCE}: The infant is not in contact with the parent"),
    Ending("declined", "parenting_assessment_asked", "A parenting or capacity assessment was asked for", DECLINE, SERVICE, NAMED, f"{ESSEX_GUIDANCE}: This service does not provide parenting assessments and will not assess capacity to parent"),
    Ending("declined", "other",                      "Another reason, in words",                         DECLINE, SERVICE, (Need.REASON, *NAMED), CHART),
)

_ROWS = (
    Ending("advice_given", "advice_only",   "The call was for advice only",                                   Counted.INDIRECT, SERVICE, (Need.ADVICE,), f"{DUTY_CALL_GUIDE}: the call can also be used for advice only"),
    Ending("advice_given", "watch_advised", "Watchful waiting in the referrer's own pathway was advised",     Counted.OWN_LINE, SERVICE, (Need.ADVICE, Need.HOLDER, Need.REVIEW_DAY, Need.INTERIM_SUPPORT), f"{PERINATAL_GUIDANCE}: you may want to consider a 3-month period of information gathering"),
    *_BY_THE_GROUP,
    *(replace(one, state="signposted", counted=Counted.SIGNPOSTED, source=f"{ESSEX_GUIDANCE}: signposted to other forms of support and intervention as well as provided with advice and consultation") for one in _BY_THE_GROUP),
    Ending("signposted", "no_intervention", "Assessed and formulated; no intervention follows",               Counted.SIGNPOSTED_ASSESSED, SERVICE, (Need.INFANT_VOICE, *NAMED), f"{ESSEX_GUIDANCE}: the family to be signposted to other agencies and organisations"),
    Ending("signposted", "watch_reviewed",  "Watchful waiting was reviewed, and the referrer agrees",         Counted.SIGNPOSTED, SERVICE, NAMED, f"{CHART}: T25"),
    Ending("signposted", "self_referral_not_taken", "The family referred themselves to a service for professional referrals", Counted.REDIRECT, SERVICE, (Need.SERVICES, Need.ADVICE), f"{PERINATAL_GUIDANCE}: Please be aware that we are a referral only service"),
    Ending("signposted", "other_provider",  "The request belongs to another provider",                        Counted.REDIRECT, SERVICE, (Need.SERVICES, Need.REFERRER_TOLD), "requirements R-067"),
    Ending("rejected_incomplete", "form_incomplete", "The form lacks what the service cannot do without",     Counted.REJECTED, SERVICE, (Need.MISSING, Need.CONTENTS_READ, Need.REFERRER_TOLD), f"{ESSEX_GUIDANCE}: Referrals will be rejected if there if incomplete information"),
    Ending("rejected_incomplete", "no_reply", "What was asked of the referrer did not come",                  Counted.REJECTED, SERVICE, (Need.MISSING, Need.CONTENTS_READ, Need.REASON, Need.REFERRER_TOLD), "requirements R-183 and M-table"),
    Ending("lapsed", "no_form_came",        "No written referral came after the call",                        Counted.OWN_LINE, SERVICE, (Need.REASON, Need.REMINDED, Need.RISK_REVIEW), f"{CHART}: E11"),
    Ending("consulted", "summary_sent",     "A consultation was held and its summary sent",                   Counted.INDIRECT, SERVICE, (Need.SUMMARY, Need.RECOMMENDATIONS, Need.RECIPIENTS), f"{PERINATAL_GUIDANCE}: A summary of the discussion and any recommendations made will be provided"),
    Ending("discharged", "treatment_completed", "The work is complete",                                       Counted.DISCHARGE, SERVICE, PLANNED, f"{CHART}: T48"),
    Ending("discharged", "goals_met",       "The goals are met",                                              Counted.DISCHARGE, SERVICE, PLANNED, f"{CHART}: T48"),
    Ending("discharged", "family_ends",     "The family ends the work",                                       Counted.DISCHARGE, FAMILY,  PLANNED, f"{CHART}: T48"),
    Ending("discharged", "needs_met_elsewhere", "The need is met elsewhere",                                  Counted.DISCHARGE, SERVICE, (Need.WHO_SAID_SO, Need.SERVICES, Need.REFERRER_TOLD), f"{CHART}: S24"),
    Ending("discharged", "need_resolved",   "The need has resolved",                                          Counted.DISCHARGE, SERVICE, (Need.WHO_SAID_SO, Need.REFERRER_TOLD), f"{CHART}: S24"),
    Ending("discharged", "declined",        "The family declined the plan",                                   Counted.DISCHARGE, FAMILY,  (Need.REASON, Need.ALTERNATIVES, Need.INFANT_VOICE, Need.REFERRER_TOLD), f"{CHART}: T44"),
    Ending("consent_withdrawn", "consent_withdrawn", "Consent to all work was withdrawn",                     Counted.OWN_LINE, FAMILY,  (Need.WITHDRAWN_BY, Need.OTHER_HOLDER, Need.SAFEGUARDING_CHECKED, Need.REFERRER_TOLD), f"{CHART}: S4"),
    Ending("disengaged", "disengaged",      "The family could not be reached, or no longer comes",            Counted.OWN_LINE, SERVICE, (Need.ATTEMPTS, Need.REFERRER_TOLD, Need.HEALTH_VISITOR_TOLD, Need.RISK_REVIEW, Need.CARE_LEAVER, Need.INFANT_VOICE, Need.LEAD_SIGNS), f"{CHART}: S6"),
    Ending("moved_away", "moved_away",      "The family moved away",                                          Counted.OWN_LINE, FAMILY,  (Need.NEW_AREA, Need.TRANSFER_OFFERED, Need.HANDED_ON), f"{CHART}: S7"),
    Ending("transferred_out", "moved_to_new_area", "The family moved, and the service there takes over",      Counted.TRANSFER, FAMILY,  HANDED, f"{CHART}: S7"),
    Ending("transferred_out", "other_team_fits", "Another team meets the need better, perinatal among them",  Counted.TRANSFER, SERVICE, HANDED, f"{NATIONAL_REPORT}: families are allocated to either team depending on which best meets their needs"),
    Ending("transferred_out", "service_closes", "The service closes and hands its cases on",                  Counted.TRANSFER, SERVICE, HANDED, f"{CHART}: S23"),
    Ending("aged_out", "aged_out",          "The child is past the ages that the service sees",               Counted.OWN_LINE, SERVICE, (Need.REASON, Need.SERVICES, Need.INFANT_VOICE, Need.REFERRER_TOLD), f"{CHART}: S8"),
    Ending("circumstances_changed", "hold_not_resumed", "After the review of a hold the work does not go on", Counted.OWN_LINE, SERVICE, (Need.REASON, Need.SERVICES, Need.REFERRER_TOLD), f"{CHART}: S3"),
    Ending("circumstances_changed", "contact_ended", "Contact between baby and carer ended, and no return is planned", Counted.OWN_LINE, SERVICE, (Need.REASON, Need.PLACEMENT, Need.REFERRER_TOLD), f"{CHART}: S14"),
    Ending("closed_loss", "loss_of_this_baby", "This baby was lost",                                          Counted.LOSS, NOBODY, (Need.CONFIRMED_BY, Need.FAMILY_TOLD, Need.BEREAVEMENT), f"{ESSEX_GUIDANCE}: Advice and guidance will be given as to services appropriate to supporting the family with the loss"),
    Ending("void", "duplicate",             "Entered twice",                                                  Counted.EXCLUDED, SERVICE, (Need.REASON, Need.SURVIVING), f"{CHART}: S21"),
    Ending("void", "entered_in_error",      "Entered in error",                                               Counted.EXCLUDED, SERVICE, (Need.REASON,), f"{CHART}: S21"),
    Ending("merged", "merged",              "The record goes on in another, of the same baby",                Counted.EXCLUDED, NOBODY, (Need.SURVIVING,), "requirements W12"),
)
# fmt: on

ENDINGS = {(one.state, one.code): one for one in _ROWS}


def reasons(state: str) -> tuple[str, ...]:
    """The codes of one closed state, as the choices of its question."""
    return tuple(code for closed, code in ENDINGS if closed == state)


def closed_states() -> tuple[str, ...]:
    """Every closed state that has reasons, in the order of the table."""
    return tuple(dict.fromkeys(state for state, _ in ENDINGS))
