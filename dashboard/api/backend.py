"""What the interface for programs needs of the program around it: tables as the command line prints them, and the ordinary intake."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Backend(Protocol):
    """Given by whoever serves the app: the app itself reads no files and computes nothing."""

    def columns(self, table: str) -> Sequence[str]:
        """Names of a table's columns, in their order."""

    def rows(self, table: str, run_id: str | None) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Id of a run and its rows of `alerts` or `findings`, or of the newest plan and of `plan`; without a run the newest.

        Raises:
            NothingScored, UnknownId: There is none.
        """

    def receive(self, table: str, records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Take records of a table in by the ordinary intake; its account, and under `reasons` why some were rejected.

        Raises:
            BusyError: Another run holds the home.
        """
