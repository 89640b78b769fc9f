"""The documents that rules and words are taken from, by the names under which they are cited."""

PERINATAL_GUIDANCE = "Leeds guidance for perinatal colleagues"
DUTY_CALL_GUIDE = "Leeds one-minute guide to a duty telephone call"
PUBLIC_PAGE = "Leeds public description and referral steps"
ESSEX_GUIDANCE = "Together with Baby referral guidance"
NATIONAL_REPORT = "Parent-Infant Foundation, Who is holding the baby? (2025)"
