"""The command line: one file a command, which parses and prints only. Results go to stdout, messages to stderr."""

from __future__ import annotations

from xlcheck.cli.group import commands
from xlcheck.cli.running import run

__all__ = ["commands", "run"]
