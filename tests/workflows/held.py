"""What may be done while a referral is on hold (requirements X2), by heart."""

PASSES: dict[str, tuple[str, ...]] = {
    "resume": ("resume",),
    "review": ("review_hold", "close_after_hold"),
    "record contact": ("record_contact", "record_missed"),
    "re-rate": ("rate",),
    "safeguarding": (
        "raise_safeguarding", "review_safeguarding", "escalate_safeguarding", "close_concern", "sign_off_safeguarding",
    ),
    "birth": ("record_birth", "split_multiple", "split_off", "recheck_gp", "move_record_entry"),
    "loss": ("record_loss", "record_loss_of_one"),
    "change of carer": (
        "change_focus_carer", "new_carer_to_group", "carer_died", "contact_ended", "close_contact_ended",
    ),
    "move": ("move_away",),
    "withdrawal": ("withdraw_consent",),
    "age review": ("retain", "close_aged_out"),
    "transfer": ("offer_transfer", "transfer_accepted", "transfer_refused"),
    "void": ("void",),
    "what is told and noted": (
        "acknowledge", "add_information", "tell_outcome", "invite_referrer", "add_note", "add_note_about",
        "record_sharing", "record_questionnaire",
    ),
    "who the people are": (
        "link_records", "join_family", "leave_family", "record_consent", "record_network", "end_network",
        "mark_third_party", "unmark", "link_consultation", "restrict",
    ),
    "letters, each of them read before it goes": ("prepare_letter", "send_letter", "cancel_letter", "record_document"),
    "two entries of one baby": ("merge_into", "take_in", "give_back", "say_not_the_same"),
    "priority, which changes the order alone": ("give_priority", "take_back_priority", "set_priority", "end_priority"),
}  # fmt: skip
"""What the requirements let through, and what is only noted meanwhile: nothing of it takes the referral further."""

ALLOWED = {trigger for triggers in PASSES.values() for trigger in triggers} | {"place_hold"}
"""A hold on a hold is refused in words of its own."""
