"""A host's own scheduler calling the night: the same code as `casework nightly`, safe to run twice."""

from casework import Casework
from persistence import Database

database = Database("sqlite:///clinic.db")
database.upgrade()
clinic = Casework(database)
report = clinic.night(by="host-scheduler")
print(report.as_of, report.examined, report.raised, report.cleared, report.replaced)
for flag in clinic.flags():
    print(flag.reference, flag.kind, flag.days)
