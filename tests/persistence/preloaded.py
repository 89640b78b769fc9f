"""Everything that a process of the tests needs, imported once before it is forked."""

import psycopg
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite

import casework
import casework.intake.importing
import persistence.migrating

__all__ = ["casework", "persistence", "psycopg", "sqlalchemy"]
