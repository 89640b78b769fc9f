"""What guards may see beside a case, read from the transaction in which the step is judged, each thing once."""

from collections.abc import Sequence

from casework.case import Case
from casework.store import Store
from workflows import Figure
from workflows.beside import Known, RecordKind
from workflows.names import one_name


class Surroundings:
    """Implements `workflows.beside.Beside`. `made` are records that earlier steps of the same act have changed."""

    def __init__(self, store: Store, case: Case, made: Sequence[Case] = ()) -> None:
        self._store, self._case, self._made = store, case, made
        self._records: dict[tuple[RecordKind, str], Known | None] = {}
        self._figures: tuple[Figure, ...] | None = None
        self._staff: list[Known] | None = None

    def record(self, kind: RecordKind, reference: str) -> Known | None:
        if (kind, reference) not in self._records:
            found = self._fresh(kind, reference) or self._store.record(self._case.service, kind, reference)
            self._records[kind, reference] = None if found is None else known(found)
        return self._records[kind, reference]

    def _fresh(self, kind: RecordKind, reference: str) -> Case | None:
        return next((c for c in reversed(self._made) if c.chart.kind is kind and c.reference == reference), None)

    def linked(self, kind: RecordKind, name: str, to: str = "") -> Sequence[Known]:
        found = self._store.linked(self._case.service, kind, name, to or self._case.reference)
        fresh = {case.id: case for case in self._made}
        return [known(fresh.get(case.id, case)) for case in found]

    def caseload(self, clinician: str) -> int:
        return len(self.allocated(clinician))

    def allocated(self, clinician: str) -> Sequence[str]:
        return self._store.allocated(self._case.service, clinician, self._case.id)

    def member(self, account: str) -> Known | None:
        if self._staff is None:
            staff = self._store.listed(self._case.service, RecordKind.STAFF)
            self._staff = [known(one) for one in staff if one.open]
        named = (one for one in self._staff if one.answers.get("account"))
        return next((one for one in named if one_name(one.answers["account"]) == one_name(account)), None)

    def entered(self) -> tuple[Figure, ...]:
        if self._figures is None:
            self._figures = self._store.figures(self._case.service)
        return self._figures


def known(case: Case) -> Known:
    return Known(case.chart.kind, case.reference, case.state, case.open, case.answers)
