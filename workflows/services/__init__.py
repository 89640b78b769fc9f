"""One file a service and version: its rules, its figures with their source, and the rows that only it has."""
