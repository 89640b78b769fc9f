"""Where cases are kept: SQLite embedded by default, PostgreSQL in production, one schema and one code for both."""

from persistence.database import Database

__all__ = ["Database"]
