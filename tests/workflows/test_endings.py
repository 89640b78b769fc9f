"""How a case can end: every closed state has its reasons, and each says what it needs and who chooses it."""

import pytest

from workflows import Chart
from workflows.charts.states import STATES
from workflows.endings import ENDINGS, NEEDS, PUT_AWAY, ChosenBy, Counted, Ending, Need, closed_states, reasons
from workflows.fields.referral import CLOSURE_REASON, END_REASON, REASON, VOID_REASON
from workflows.registry import CHARTS

EVERY_CHART = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
ROWS = list(ENDINGS.values())
CARRIED = {
    "relationship_not_at_risk", "lower_level_of_need", "other_need_is_primary", "outside_age", "outside_area",
    "not_primary_carer", "no_contact", "parenting_assessment_asked", "other",
}  # fmt: skip
"""The reasons of a decision by the group from before a redirect was one."""


def test_every_closed_state_has_its_reasons_and_no_open_state_has_one() -> None:
    """A restricted record has not ended: it is put away under adoption (X3 S14), and lifted by a step of its own."""
    closed = {name for name, state in STATES.items() if state.closed}
    assert set(closed_states()) == closed - {"restricted"}


@EVERY_CHART
def test_a_record_is_put_away_under_restriction_only_for_a_reason_in_words(chart: Chart) -> None:
    putting_away = [m for m in chart.moves if m.to == "restricted" and m.moves]
    assert {m.trigger for m in putting_away} == {"restrict"}
    assert all(REASON in m.needs for m in putting_away)


def test_the_reasons_that_cases_already_carry_keep_their_spelling() -> None:
    redirects = {one.code for one in ROWS if one.counted is Counted.REDIRECT}
    assert set(CLOSURE_REASON.choices) == CARRIED | redirects
    assert set(reasons("declined")) == CARRIED
    assert set(CLOSURE_REASON.choices) <= set(reasons("signposted"))
    assert set(END_REASON.choices) <= set(reasons("discharged"))
    assert set(VOID_REASON.choices) <= set(reasons("void"))


@pytest.mark.parametrize(
    ("state", "code", "counted"),
    [
        ("advice_given", "advice_only", Counted.INDIRECT),
        ("advice_given", "watch_advised", Counted.OWN_LINE),
        ("rejected_incomplete", "form_incomplete", Counted.REJECTED),
        ("rejected_incomplete", "no_reply", Counted.REJECTED),
        ("declined", "relationship_not_at_risk", Counted.DECLINE_WITH_ADVICE),
        ("declined", "lower_level_of_need", Counted.DECLINE_WITH_ADVICE),
        ("declined", "other_need_is_primary", Counted.DECLINE),
        ("declined", "outside_age", Counted.DECLINE),
        ("declined", "outside_area", Counted.DECLINE),
        ("declined", "no_contact", Counted.DECLINE),
        ("declined", "parenting_assessment_asked", Counted.DECLINE),
        ("signposted", "self_referral_not_taken", Counted.REDIRECT),
        ("signposted", "other_provider", Counted.REDIRECT),
        ("closed_loss", "loss_of_this_baby", Counted.LOSS),
        ("consulted", "summary_sent", Counted.INDIRECT),
        ("signposted", "lower_level_of_need", Counted.SIGNPOSTED),
        ("signposted", "no_intervention", Counted.SIGNPOSTED_ASSESSED),
        ("transferred_out", "other_team_fits", Counted.TRANSFER),
        ("discharged", "treatment_completed", Counted.DISCHARGE),
        ("discharged", "declined", Counted.DISCHARGE),
        ("consent_withdrawn", "consent_withdrawn", Counted.OWN_LINE),
        ("disengaged", "disengaged", Counted.OWN_LINE),
        ("moved_away", "moved_away", Counted.OWN_LINE),
        ("aged_out", "aged_out", Counted.OWN_LINE),
        ("circumstances_changed", "contact_ended", Counted.OWN_LINE),
        ("void", "duplicate", Counted.EXCLUDED),
        ("merged", "merged", Counted.EXCLUDED),
    ],
)
def test_each_ending_is_counted_on_the_line_of_the_table(state: str, code: str, counted: Counted) -> None:
    assert ENDINGS[state, code].counted is counted


def test_a_loss_is_never_counted_with_declines_and_asks_for_no_cause() -> None:
    loss = [one for one in ROWS if one.counted is Counted.LOSS]
    assert {one.state for one in loss} == {"closed_loss"}
    assert set(loss[0].needs) == {Need.CONFIRMED_BY, Need.FAMILY_TOLD, Need.BEREAVEMENT}
    assert not {one.counted for one in ROWS if one.state == "closed_loss"} & {
        Counted.DECLINE,
        Counted.DECLINE_WITH_ADVICE,
    }


def test_an_open_concern_blocks_what_the_service_chooses_and_nothing_that_a_family_or_a_life_decides() -> None:
    free = {(one.state, one.code) for one in ROWS if not one.blocked_by_concern}
    assert free == {
        ("discharged", "family_ends"),
        ("discharged", "declined"),
        ("consent_withdrawn", "consent_withdrawn"),
        ("moved_away", "moved_away"),
        ("transferred_out", "moved_to_new_area"),
        ("closed_loss", "loss_of_this_baby"),
        ("merged", "merged"),
    }
    assert all(one.blocked_by_concern == (one.chosen_by is ChosenBy.SERVICE) for one in ROWS)


def test_an_entry_in_error_a_loss_and_a_merge_are_never_reopened() -> None:
    never = {one.state for one in ROWS if not one.reopens}
    assert never == {"void", "closed_loss", "merged"}
    assert never | {"restricted"} == PUT_AWAY  # lifted by the safeguarding lead alone


@pytest.mark.parametrize("one", [o for o in ROWS if o.state == "declined"], ids=lambda o: o.code)
def test_a_decline_names_services_says_that_they_may_call_again_and_tells_the_referrer(one: Ending) -> None:
    assert {Need.SERVICES, Need.ADVICE, Need.MAY_CALL_AGAIN, Need.REFERRER_TOLD} <= set(one.needs)


def test_no_form_is_rejected_before_its_contents_were_read_for_safeguarding() -> None:
    rejected = [one for one in ROWS if one.counted is Counted.REJECTED]
    assert len(rejected) == 2
    assert all(Need.CONTENTS_READ in one.needs for one in rejected)


def test_the_end_of_the_work_asks_for_measures_the_babys_voice_the_placement_and_that_the_referrer_was_told() -> None:
    wanted = {Need.SUMMARY, Need.MEASURES, Need.INFANT_VOICE, Need.PLACEMENT, Need.REFERRER_TOLD}
    for code in ("treatment_completed", "goals_met", "family_ends"):
        assert wanted <= set(ENDINGS["discharged", code].needs)


def test_a_family_that_is_not_reached_is_not_let_go_by_rule() -> None:
    needs = set(ENDINGS["disengaged", "disengaged"].needs)
    assert {Need.ATTEMPTS, Need.RISK_REVIEW, Need.CARE_LEAVER, Need.HEALTH_VISITOR_TOLD, Need.LEAD_SIGNS} <= needs


def test_every_need_is_said_in_words_and_asked_for_by_some_ending_once() -> None:
    assert set(NEEDS) == set(Need) == {need for one in ROWS for need in one.needs}
    assert all(len(set(one.needs)) == len(one.needs) and one.needs and one.source for one in ROWS)
