"""The duty line: a message, a slot, the call, and what becomes of it. An indication is advice and no acceptance."""

from workflows.charts.intake import FORM_CAME
from workflows.charts.rows import EVERY_CLOCK, from_each
from workflows.fields.calls import (
    CALL_AT,
    CALL_BACK_NUMBER,
    CALL_MINUTES_BOOKED,
    CALL_ON,
    CALLER,
    CALLER_PREPARED,
    LAWFUL_BASIS,
    LEFT_AT,
    PROFORMA,
    RATIONALE,
    TOLD_ON_THE_CALL,
    URGENT,
    WHO_ATTENDS,
    WHY_NOT_REACHED,
    WRITTEN_UP,
)
from workflows.fields.ratings import NEXT_STEPS_ADVISED
from workflows.fields.referral import (
    ADVICE,
    CLOSURE_REASON,
    HOLDER,
    INTERIM_SUPPORT,
    MOTIVATION,
    READINESS,
    REASON,
    REFERRAL_FORM,
    RELATIONSHIP_NEED,
    REVIEW_ON,
    SUMMARY,
    WAITING_WOULD_HARM,
)
from workflows.fields.work import OF_THE_INFANT
from workflows.guards.calls import named_with_basis, others_in_words, screen_complete, slot_in_hours, slot_long_enough
from workflows.guards.referral import no_other_open_referral, referrer_may_refer, risk_screen_done, watching_is_safe
from workflows.guards.work import infant_voice_given
from workflows.vocabulary import NEW, Move, Role

ADM, DUTY, LEAD, REF = Role.ADMINISTRATOR, Role.DUTY, Role.LEAD, Role.REFERRER
RATINGS = (RELATIONSHIP_NEED, MOTIVATION, READINESS)
TO_BE_CALLED = ("call_back_due", "call_booked")
BEFORE_THE_CALL = (*TO_BE_CALLED, "watch_advised")
ON_THE_CALL = (*REFERRAL_FORM, *TOLD_ON_THE_CALL)
KEY_POINTS = tuple(f for code, f in PROFORMA.items() if code not in ("infant_telling", "support_systems"))
"""What an indication cannot do without. What the baby is telling us may be unknown, with a reason."""

INDICATED = (*ON_THE_CALL, *OF_THE_INFANT, *WRITTEN_UP, RATIONALE, NEXT_STEPS_ADVISED)
HEARD = (risk_screen_done, screen_complete, infant_voice_given, others_in_words, no_other_open_referral)

# fmt: off
DUTY_LINE = (
    #    from              trigger              to               who          needs
    Move(NEW,              "log_voicemail",     "call_back_due", (ADM, DUTY), needs=(LEFT_AT, CALL_BACK_NUMBER, URGENT), takes=CALLER, starts=("call_back",), marks="message_on"),
    Move(NEW,              "log_missed_call",   "call_back_due", (ADM, DUTY), needs=(LEFT_AT,), takes=(CALL_BACK_NUMBER, *CALLER), starts=("call_back",), marks="message_on"),
    *from_each((NEW, *BEFORE_THE_CALL),
    Move("",               "book_call",         "call_booked",   (ADM, DUTY), needs=(CALL_ON, CALL_AT, CALL_MINUTES_BOOKED, CALLER_PREPARED), takes=(CALL_BACK_NUMBER, *CALLER), only_if=(slot_long_enough, slot_in_hours), stops=("call_back", "watch"))),
    Move("call_back_due",  "not_reached",       "call_back_due", (ADM, DUTY), takes=(WHY_NOT_REACHED,), adds="call_attempts"),
    Move("call_booked",    "caller_missed",     "call_back_due", (ADM, DUTY), takes=(WHY_NOT_REACHED,), starts=("call_back",), adds="call_attempts"),
    *from_each(TO_BE_CALLED,
    Move("",               "lapse",             "lapsed",        (DUTY, LEAD), needs=(REASON,), stops=EVERY_CLOCK)),
    *from_each(BEFORE_THE_CALL,
    Move("",               "receive_referral",  "received",      (ADM, REF),  takes=REFERRAL_FORM, only_if=(referrer_may_refer, no_other_open_referral), stops=("call_back", "watch"), starts=FORM_CAME, marks="received_on")),
)

DUTY_CALL = (
    *from_each((NEW, *BEFORE_THE_CALL),
    Move("",               "take_call",         "duty_call",     (DUTY,),     takes=ON_THE_CALL, only_if=(no_other_open_referral,), stops=("call_back", "watch"), marks="duty_call_on")),
    Move("duty_call",      "indicate_direct",   "awaiting_referral", (DUTY,), needs=(*RATINGS, SUMMARY, *KEY_POINTS), takes=INDICATED, only_if=HEARD, starts=("form_due",), records=(("indication", "direct"),)),
    Move("duty_call",      "indicate_consultation", "awaiting_referral", (DUTY,), needs=(*RATINGS, SUMMARY, *KEY_POINTS), takes=(*INDICATED, WHO_ATTENDS), only_if=HEARD, starts=("form_due",), records=(("indication", "consultation"),)),
    *from_each(("duty_call", "watch_advised"),
    Move("",               "advise_watching",   "watch_advised", (DUTY,),     needs=(HOLDER, REVIEW_ON, WAITING_WOULD_HARM), takes=(SUMMARY, INTERIM_SUPPORT, *ON_THE_CALL, *OF_THE_INFANT, *WRITTEN_UP), only_if=(watching_is_safe, no_other_open_referral), stops=("watch",), starts=("watch",))),
    *from_each(("duty_call", "watch_advised"),
    Move("",               "give_advice",       "advice_given",  (DUTY,),     needs=(ADVICE,), takes=(SUMMARY, LAWFUL_BASIS, NEXT_STEPS_ADVISED, *TOLD_ON_THE_CALL, *OF_THE_INFANT, *WRITTEN_UP), only_if=(named_with_basis,), stops=EVERY_CLOCK)),
    Move("duty_call",      "signpost",          "signposted",    (DUTY,),     needs=(CLOSURE_REASON, ADVICE), takes=(SUMMARY, NEXT_STEPS_ADVISED, *TOLD_ON_THE_CALL, *OF_THE_INFANT, *WRITTEN_UP), stops=EVERY_CLOCK, records=(("indication", "not_eligible"),)),
    Move("awaiting_referral", "lapse",          "lapsed",        (DUTY, LEAD), needs=(REASON,), stops=EVERY_CLOCK),
)
# fmt: on
