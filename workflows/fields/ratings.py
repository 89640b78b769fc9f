"""The questions of a rating of one of the three areas: words of the guidance, and no score."""

from workflows.fields.referral import MOTIVATION, READINESS, RELATIONSHIP_NEED
from workflows.indicators import INDICATORS, RISK_TAKING
from workflows.nextsteps import NEXT_STEPS
from workflows.screening import Seen
from workflows.terms import Term, by_code, codes
from workflows.vocabulary import Field, Kind

LEVELS: dict[str, tuple[str, ...]] = {f.name: f.choices for f in (RELATIONSHIP_NEED, MOTIVATION, READINESS)}
"""By area, the words in which it is rated."""

KNOWN = tuple(Seen)
OBSERVER, CARER = "observer", "carer"

WHOSE = by_code(
    (Term(OBSERVER, "what a professional observed", ""), Term(CARER, "the carer's own", "")),
)
"""What is seen and what is told are kept apart (R-115)."""

AREA = Field("area", Kind.CODE, "Which of the three areas is rated", choices=tuple(LEVELS))
LEVEL = Field(
    "level",
    Kind.CODE,
    "How it is rated, in the words of the area",
    choices=tuple(dict.fromkeys(word for words in LEVELS.values() for word in words)),
)
ACCOUNT = Field(
    "account",
    Kind.CODE,
    "Whose account it is",
    choices=codes(WHOSE),
    terms=WHOSE,
)
RATED_BY = Field("rated_by", Kind.LINE, "Who observed, where it is not who records it", longest=100)
INDICATORS_SEEN = Field(
    "indicators",
    Kind.CODES,
    "What was seen or told, in the words of the guidance",
    choices=codes(INDICATORS),
    terms=INDICATORS,
)
RATING_WORDS = Field("rating_words", Kind.WORDS, "What else belongs to the rating", longest=20_000, restricted=True)
RISK_MANAGED_FOR_CARER = Field(
    "risk_managed_for_carer", Kind.CODE, "Is the present risk managed for the carer?", choices=KNOWN
)
RISK_MANAGED_FOR_INFANT = Field(
    "risk_managed_for_infant", Kind.CODE, "Is the present risk managed for the baby?", choices=KNOWN
)
RISK_TAKEN = Field(
    "risk_taking",
    Kind.LIST,
    "Behaviour that takes risks, and whether it is supported",
    most=len(RISK_TAKING),
    of=(
        Field("behaviour", Kind.CODE, "Which behaviour", choices=codes(RISK_TAKING), terms=RISK_TAKING),
        Field("supported", Kind.CODE, "Is it being supported?", choices=KNOWN),
    ),
)
NEXT_STEPS_ADVISED = Field(
    "next_steps",
    Kind.CODES,
    "What the professional can do, and what the service offers",
    choices=codes(NEXT_STEPS),
    terms=NEXT_STEPS,
)
ADDRESS_FIRST = Field("address_first", Kind.WORDS, "What has to change first, where readiness is low", longest=20_000)

STALENESS_ACCEPTED = Field(
    "staleness_accepted", Kind.YES_NO, "Are ratings of that age accepted for the allocation?", choices=("yes", "no")
)
STALENESS_REASON = Field("staleness_reason", Kind.WORDS, "Why they are accepted as they are", longest=20_000)

RATING = (AREA, LEVEL, ACCOUNT)
BESIDE_A_RATING = (
    RATED_BY, INDICATORS_SEEN, RATING_WORDS, RISK_MANAGED_FOR_CARER, RISK_MANAGED_FOR_INFANT, RISK_TAKEN,
    NEXT_STEPS_ADVISED, ADDRESS_FIRST,
)  # fmt: skip
