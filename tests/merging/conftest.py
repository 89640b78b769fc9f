"""Babies, carers and referrals by their references, as the tests about people have them."""

from tests.people.conftest import scene

__all__ = ["scene"]
