"""The records that stand beside the referrals of a service: one module a kind, with its states and its rows."""
