"""What stands against a rating as it is given, and against allocating on ratings that are old."""

from datetime import date, timedelta

from workflows.dates import british
from workflows.fields.ratings import LEVELS
from workflows.indicators import INDICATORS, Area
from workflows.vocabulary import Facts, Refusal


def level_of_the_area(facts: Facts) -> Refusal | None:
    area, level = facts.data.get("area"), facts.data.get("level")
    words = LEVELS.get(str(area), ())
    if not area or not level or level in words:
        return None
    label = str(area).replace("_", " ")
    return Refusal("level_of_another_area", f"Of {label} one says: {', '.join(words)}.", ("level",))


def indicators_of_the_area(facts: Facts) -> Refusal | None:
    """What is seen in a pregnancy speaks of every area. Source: Leeds guidance for perinatal colleagues, antenatal."""
    area, given = facts.data.get("area"), facts.data.get("indicators")
    chosen = [INDICATORS[code] for code in given] if isinstance(given, list) else []
    if area and any(one.area not in (area, Area.ANTENATAL) for one in chosen):
        sentence = "Some of what was chosen belongs to another area: rate that one by itself."
        return Refusal("indicator_of_another_area", sentence, ("indicators",))
    if any(one.own_words for one in chosen) and not facts.data.get("rating_words"):
        return Refusal("words_missing", "Say in words what else was seen or told.", ("rating_words",))
    return None


def ratings_fresh(facts: Facts) -> Refusal | None:
    """Source: requirements W3 and R-121: a rating taken at the call is weeks old when a clinician is allocated.

    The figure is the service's own, in whole days since the latest rating; none entered, no rating is too old.
    """
    limit, rated = facts.figure("rating_stale"), facts.recorded.get("rated_on")
    if facts.from_paper or limit is None or limit.amount is None or not isinstance(rated, date):
        return None
    if facts.on < rated + timedelta(days=limit.amount):
        return None
    if facts.data.get("staleness_accepted") == "yes" and facts.data.get("staleness_reason"):
        return None
    sentence = f"The latest rating is of {british(rated)}. Rate again, or accept ratings of that age with a reason."
    return Refusal("rating_stale", sentence, ("staleness_accepted", "staleness_reason"))
