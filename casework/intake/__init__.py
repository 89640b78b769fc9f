"""What comes in from outside: a caseload spreadsheet, read row by row before any of it becomes a case."""
