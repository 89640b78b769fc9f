"""What the command line shows of the areas and the work: side by side, with its age, and no name."""

from datetime import timedelta

from casework.case import Case
from jobs import answered
from jobs.worked import document, lines
from tests.work.scene import AT_WORK_HE_WAS, CARER, FATHER, TO_ASSESSMENT, TO_INTERVENTION, led_to
from tests.workflows.paths import TODAY, after_step

LATER = TODAY + timedelta(days=40)


def worked() -> Case:
    case = led_to(TO_INTERVENTION)
    for level, account in (("high", "observer"), ("low", "carer")):
        case = after_step(case, "rate", area="motivation", level=level, account=account)
    case = after_step(case, "record_session", participants=[CARER, FATHER, {**AT_WORK_HE_WAS, "named": "Mr Test"}])
    return after_step(case, "record_missed", contact_outcome="not_brought")


def test_accounts_that_differ_stand_side_by_side_with_their_age() -> None:
    said = list(lines(worked(), LATER))
    assert "Motivation: high as observed, 40 days old; low as the carer tells it. They differ." in said
    assert "Missed: not brought 1; 1 since the latest contact." in said
    assert "Watch me play: 1 session." in said
    assert not any("Mr Test" in sentence for sentence in said)


def test_a_program_reads_the_same() -> None:
    told = document(worked(), LATER)
    assert told["areas"]["motivation"]["differ"] is True
    assert told["areas"]["motivation"]["age_days"] == told["ratings_age_days"] == 40
    assert (told["work"]["attended"], told["work"]["fathers"], told["work"]["missed_in_a_row"]) == (2, 1, 1)
    assert told["work"]["silence_days"] == 40


def test_nothing_is_said_of_what_nobody_recorded() -> None:
    waiting = led_to(TO_ASSESSMENT[:3])
    assert list(lines(waiting, LATER)) == []
    assert document(waiting, LATER) == {}


def test_a_record_is_read_in_the_words_of_its_questions_and_not_in_those_of_a_program() -> None:
    worked_with = after_step(worked(), "record_consent", consent_words="At home.\nShe said yes.")
    told = list(answered.lines(worked_with))
    assert "Interventions in the plan: Video Interaction Guidance (VIG); Watch Me Play" in told
    at = told.index("        Each person who was there, or was expected:", told.index("Contacts:") + 5)
    assert told[at + 1 : at + 4] == [
        "            - Who: focus carer; Was there: yes",
        "            - Who: father; Was there: yes",
        "            - Who: father; Was there: no; Name, or role of a professional: Mr Test; Why not: at work",
    ]
    assert "        What was decided: given" in told[told.index("Consents:") :]
    assert told[told.index("        How it was asked, and what was said:") + 1] == "            At home."
    assert "Is this the baby's primary carer? yes" in told
    assert not any("{" in line or "_" in line for line in told)


def test_an_answer_that_is_not_there_is_named_by_its_question() -> None:
    waiting = led_to(TO_ASSESSMENT[:3], unanswered=[{"name": "infant_nhs_number", "shape": "declined"}])
    assert "    - Which answer: Baby's NHS number; Why it is not there: declined; On: 2 March 2026" in list(
        answered.lines(waiting)
    )


def test_a_list_that_bears_the_name_of_a_question_is_read_by_the_questions_of_its_entries() -> None:
    known = after_step(worked(), "record_network", network_role="midwife", network_name="M. Midwife", trusted="yes")
    told = list(answered.lines(known))
    assert "        Who they are to the family: midwife" in told
    assert "        Does the family trust them, so that they can introduce the service? yes" in told
