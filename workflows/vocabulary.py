"""The words that a pathway is written in. Frozen values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.beside import ALONE, Beside, RecordKind, entries
from workflows.figures import Figure, in_force
from workflows.lists import Becomes, Lapses
from workflows.settings import Settings
from workflows.terms import Worded

NEW = "new"
"""Where a referral stands before its first step. Not a state of the pathway: nobody waits there."""

STAYS = ""
"""As the `to` of a move: the referral stays in the state where it is."""


class Role(StrEnum):
    """Who may take a step. There is no role for jobs: the night raises flags, people move cases."""

    REFERRER = "referrer"
    FAMILY = "family"
    ADMINISTRATOR = "administrator"
    DUTY = "duty_clinician"
    CHAIR = "forum_chair"
    CLINICIAN = "clinician"
    TEAM = "team"
    LEAD = "clinical_lead"
    SAFEGUARDING = "safeguarding_lead"
    MANAGER = "manager"


class Stage(StrEnum):
    """Where a referral is on the pathway, as a worklist names it (shared vocabulary of the caseload sheet)."""

    DUTY_CALL = "duty_call"
    WRITTEN_REFERRAL = "written_referral"
    RMG_REVIEW = "rmg_review"
    WATCHFUL_WAITING = "watchful_waiting"
    CONSULTATION = "consultation"
    WAITING = "waiting"
    ALLOCATED = "allocated"
    ASSESSMENT = "assessment"
    FORMULATION = "formulation"
    PLAN_OFFERED = "plan_offered"
    INTERVENTION = "intervention"
    BESIDE = "beside"
    """Of a record beside the referrals while it is in use: a baby's, a carer's, a meeting's. No referral is there."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class State:
    name: str
    stage: Stage
    label: str
    reasons: tuple[str, ...] = ()
    """For a closed state: the closure reasons that a person may give."""

    @property
    def closed(self) -> bool:
        return self.stage is Stage.CLOSED


class Kind(StrEnum):
    """What an answer looks like, so that a screen can draw the question."""

    DATE = "date"
    LINE = "line"
    WORDS = "words"
    CODE = "code"
    CODES = "codes"
    YES_NO = "yes_no"
    NHS_NUMBER = "nhs_number"
    NUMBER = "number"
    TIME = "time"  # of the day in Europe/London, as 09:30
    RECORD = "record"  # the reference of another record of the same service
    LIST = "list"  # several, each with the same small set of answers: who was present, what was measured


class Part(StrEnum):
    """How long an answer lasts.

    FORM answers belong to the written referral: they are carried forward, and asked once.
    COURSE answers are kept with the case but asked afresh at each step that needs them.
    STEP answers belong to one step only and stand in its event.
    """

    FORM = "form"
    COURSE = "course"
    STEP = "step"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One question. `longest` is in characters; `ahead` is by how many days a date may lie in the future.

    `least` and `most` bound a number, and `most` the entries of a list. `of` are the answers of one entry, and
    `optional` says of such an answer that an entry may be without it. `terms` are the choices as they are read. Each
    field is made once and known by itself, not by its words.
    """

    name: str
    kind: Kind
    label: str
    part: Part = Part.STEP
    choices: tuple[str, ...] = ()
    longest: int = 200
    ahead: int = 0
    dates: str = ""
    """The answer that keeps on which day this one was given last."""
    least: int = 0
    most: int = 100
    of: "tuple[Field, ...]" = ()
    record: RecordKind | None = None
    optional: bool = False
    figure: str = ""
    """The figure of the service whose amount in force casework gives as the answer, where one is."""
    terms: Mapping[str, Worded] = field(default_factory=dict)
    restricted: bool = False
    """Whatever is answered, it is shown only to those who may see what is restricted: `workflows.restricted`."""


class Again(StrEnum):
    """What a clock does when it is started again: a reminder counts afresh, a wait goes on from the figure that it
    had, and the time since the first day counts the gap too.
    """

    AFRESH = "afresh"
    GOES_ON = "goes_on"
    FROM_THE_FIRST_DAY = "from_the_first_day"


@dataclass(frozen=True, slots=True)
class Clock:
    """A count of whole days in Europe/London. Steps start and stop it; nothing ticks."""

    name: str
    label: str
    source: str
    again: Again = Again.AFRESH
    agreed: str = ""
    """The answer by which people agree on a day, where a step that starts the clock gives it."""
    from_opening: str = ""
    """The answer with the time of day: what comes while the service is closed counts from its next opening."""
    never_paused: bool = False
    """A hold is not taken off it: it has the calendar figure alone."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a step may not be taken, in words that a person can act on."""

    code: str
    sentence: str
    fields: tuple[str, ...] = ()
    who: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """Up to which age a service sees babies. `limit_day_is_in`: whether the birthday itself still is."""

    months: int
    limit_day_is_in: bool


@dataclass(frozen=True, slots=True)
class Criterion:
    """One rule of eligibility. The question answers None (nothing against it), "discuss" or "excluded"."""

    code: str
    asks: "Callable[[Facts], str | None]"
    sentence: str
    source: str
    offers: tuple[str, ...] = ()  # of one that judges by age: those whose ages it goes by


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """What differs between services, as data. A figure that a service has not published is None: off."""

    service: str
    name: str
    review_label: str
    required: tuple[str, ...]
    eligibility: tuple[Criterion, ...]
    duty_call_required: bool
    self_referral: bool
    call_minutes: Mapping[str, int]
    age_limit: AgeLimit
    figures: tuple[Figure, ...]
    """What the documents of the service say in days, working days or months. What they do not say is not here."""
    consultation_minutes: int | None
    reopen_within_days: int | None
    opening_hours: tuple[int, int] | None
    sources: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    """What else its document says: offers, geography, carers, meeting, contact."""

    def figure(self, name: str, on: date) -> Figure | None:
        """The figure that the documents of the service give for a day; None: they give none."""
        return in_force(self.figures, name, on)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a guard may know: the case as it stands, what stands beside it, and the step that is being tried."""

    rules: ServiceRules
    state: str
    on: date
    recorded: Mapping[str, object]
    data: Mapping[str, object] = field(default_factory=dict)
    roles: frozenset[Role] = frozenset()
    closed_on: date | None = None
    held_since: date | None = None
    other_referral: str | None = None
    reference: str = ""
    from_paper: bool = False
    """The step was taken in the past and is read from the service's own record, with its decisions."""
    beside: Beside = ALONE
    follows: bool = False
    """The step is the consequence of another, which a person took: whoever may take that one takes this too."""
    actor: str = ""
    """Who tries the step, by name: where two people must agree, the second is not the first."""

    def figure(self, name: str) -> Figure | None:
        """The figure of the service that holds on the day of the step, published or entered; None: off."""
        return in_force((*self.rules.figures, *self.beside.entered()), name, self.on)

    def entries(self, name: str) -> "Sequence[Mapping[str, Any]]":
        """A list of the case, oldest first: what steps added to it and no step has settled."""
        return entries(self.recorded, name)

    def answer(self, name: str) -> object:
        """What is known once this step is taken: its own data first, then the record."""
        return self.data.get(name) or self.recorded.get(name)


Guard = Callable[[Facts], Refusal | None]


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a pathway: from, trigger, to, who, needs, only if, stops, starts.

    `takes` are answers that may be given but are not needed. `marks` is the date answer that the step's own
    effective date fills. `records` are answers that the step itself settles. `given` chooses between rows of
    one state and trigger by an answer that an earlier step recorded.
    """

    source: str
    trigger: str
    to: str
    who: tuple[Role, ...]
    needs: tuple[Field, ...] = ()
    only_if: tuple[Guard, ...] = ()
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    takes: tuple[Field, ...] = ()
    marks: str = ""
    marks_first: bool = False
    """The day that `marks` keeps is the first: a later step of the kind leaves it, until another forgets it."""
    dates: str = ""
    """The answer that keeps on which day such a step was taken last."""
    records: tuple[tuple[str, str], ...] = ()
    forgets: tuple[str, ...] = ()
    """Answers that hold no longer once the step is taken, unless it gives them afresh; their events keep them."""
    given: tuple[str, str] | None = None
    hold: str = ""
    """"starts" or "ends" where the row is about the hold that lies over the state. A hold that is on goes on."""
    while_held: bool = False
    reopens: bool = False
    """The clocks that the closure stopped go on from the figure that they had."""
    side: bool = False
    """A path beside the main line; drawn once for all states that it can be taken from."""
    adds: str = ""
    """The list of the case to which the answers of this step are added as an entry, numbered by the step's event."""
    settles: tuple[str, str] | None = None
    """A list of the case, and the answer with the number of its entry that is done with; one not given settles none."""
    lapses: tuple[Lapses, ...] = ()
    """Pending things that the step ends, by what they are."""
    becomes: Becomes | None = None
    aside: str = ""
    """"starts" where the record is put aside for another, "ends" where it stands again exactly as it stood: in its
    place since the same day, on hold if it was, its clocks as if nothing had been."""

    @property
    def moves(self) -> bool:
        """Whether the referral changes its place, or only something is noted about it."""
        return self.to != self.source
