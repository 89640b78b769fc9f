"""An answer that is not there has one of five shapes: not asked, awaited, declined, not known, not applicable (W11)."""

import pytest

from casework.figures import figures_with
from casework.flagging import due
from casework.gaps import lacking
from tests.services.documents import changed, chart
from tests.workflows.paths import TODAY, after_step, new_case, refused
from tests.workflows.shipped import ESSEX
from workflows.settings import Lack


@pytest.mark.parametrize(
    ("shape", "missing"),
    [(None, True), ("awaited", True), ("declined", False), ("not_known", False), ("not_applicable", False)],
)
def test_what_a_family_declines_is_not_missing_and_what_is_awaited_is(shape: str | None, missing: bool) -> None:
    said = [{"name": "postcode", "shape": shape, "owed_by": "The midwife"}] if shape else None
    received = after_step(new_case(ESSEX), "receive_referral", postcode=None, unanswered=said)
    assert received.gaps == (("postcode",) if missing else ())
    assert ("information_missing" in refused(received, "pass_checks", postcode=None)) is missing
    given = after_step(received, "add_information", postcode="CM9 6EG")
    assert (given.gaps, "unanswered" in given.answers) == ((), False)


def test_nobody_declines_to_say_whether_the_family_agreed() -> None:
    silent = [{"name": "consent_on", "shape": "declined"}]
    assert refused(new_case(ESSEX), "receive_referral", consent_on=None, unanswered=silent)


def test_a_helpful_answer_that_is_not_there_is_told_and_stops_nothing() -> None:
    third = chart(changed())
    assert third.rules.settings.warned == ("gp_practice_code", "postcode")
    received = after_step(new_case(third), "receive_referral", postcode=None)
    assert (received.gaps, lacking(received, Lack.WARN)) == ((), ("postcode",))
    assert refused(received, "pass_checks", postcode=None) == {}
    flagged = due(received, TODAY, figures_with({}))
    assert "missing_warn" in flagged
    assert "missing_information" not in flagged
    given = after_step(received, "add_information", postcode="L1 1AA")
    assert lacking(given, Lack.WARN) == ()
    assert "missing_warn" not in due(given, TODAY, figures_with({}))
