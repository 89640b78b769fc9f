"""What was merged, and what came under restriction: kept as long as what stands for it, and named nowhere else."""

from casework.retaining import retention
from tests.casework.families import form
from tests.journeys.clinic import Clinic

TWO_AGREE = {"same_because": "One baby, two midwives.", "second_person": "Second Reader"}


def test_a_record_that_was_merged_is_kept_as_long_as_the_one_that_stands_for_it(clinic: Clinic) -> None:
    """The day said of the one that went would be too early while the baby is still seen (R-301)."""
    clinic.enters("retain_from_closing", 8)
    baby, same, first, second = two_records(clinic)
    clinic.does(first, "move_away", transfer_offered="no")
    clinic.does(baby, "merge_into", survivor=same, **TWO_AGREE)
    kept = {ref: retention(clinic.casework, ref) for ref in (baby, same, first, second)}
    assert {ref: found and found.rule for ref, found in kept.items()} == dict.fromkeys(kept, "open")


def test_a_referral_that_was_merged_is_kept_as_long_as_the_one_that_goes_on(clinic: Clinic) -> None:
    clinic.enters("retain_from_closing", 8)
    goes, stays = (clinic.opens("receive_referral", **form(clinic.today)) for _ in range(2))
    clinic.does(goes, "merge_into", survivor=stays, **TWO_AGREE)
    assert [kept and kept.rule for kept in (retention(clinic.casework, ref) for ref in (goes, stays))] == ["open"] * 2
    clinic.does(goes, "raise_safeguarding", concern="A bruise.")
    clinic.does(stays, "move_away", transfer_offered="no")
    assert [kept and kept.rule for kept in (retention(clinic.casework, ref) for ref in (goes, stays))] == [
        "safeguarding_open"
    ] * 2


def two_records(clinic: Clinic) -> tuple[str, str, str, str]:
    """Two babies' records, and a referral of each."""
    referrals = [clinic.opens("receive_referral", **form(clinic.today)) for _ in range(2)]
    babies = [clinic.opens("open_record", "infant", infant_dob=clinic.says(ref, "infant_dob")) for ref in referrals]
    for ref, baby in zip(referrals, babies, strict=True):
        clinic.does(ref, "link_records", infant=baby)
    return babies[0], babies[1], referrals[0], referrals[1]
