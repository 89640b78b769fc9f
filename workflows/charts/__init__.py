"""Rows that services share. A released row is never edited: a new row stands beside it, in a new chart version."""
