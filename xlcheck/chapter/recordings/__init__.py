"""Regression fixtures: a lesson's model, inputs and every quantity, stored as language-neutral JSON."""

from xlcheck.chapter.recordings.store import Fixture, available_fixtures, load_fixture, read_fixture, write_fixture

__all__ = ["Fixture", "available_fixtures", "load_fixture", "read_fixture", "write_fixture"]
