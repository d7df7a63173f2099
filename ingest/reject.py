"""Why a record or a file was not taken: codes with what to do about them."""

import errno

# code -> remedy in a few words; shown by `sandan rejects`.
REMEDIES: dict[str, str] = {
    "missing_key": "the sender must fill the element that identifies the record",
    "bad_value": "the sender must correct the value and send the record again",
    "bad_line": "the sender must correct the line and send the record again",
    "no_record": "the message holds no record where the standard has it; its sender must send it in the standard's form",
    "unknown_record": "the sender must put each record right below the root, under the standard's name",
    "unknown_part": "the sender must put head and lines right into their record, under the standard's names",
    "said_twice": "the sender must say each element once in a head or a line",
    "two_heads": "the sender must send each head with its own lines in a record of its own",
    "broken_xml": "the file breaks off or is not well-formed; fetch it again from its sender",
    "bad_encoding": "the bytes do not fit the encoding that the file declares; ask for UTF-8 or GB18030",
    "forbidden_character": "XML knows no such character; the sender must take it out of the text and send the file again",
    "other_format": "save the table as CSV (UTF-8) and read that file",
    "other_archive": "only .zip and .gz are unpacked; unpack the archive, or pack its files as .zip",
    "forbidden_dtd": "the file declares entities or a document type, which no message needs; treat it as hostile",
    "unknown_format": "neither a CEB message nor a table that docs/reference/tables.md names; move it out of the folder",
    "missing_columns": "rename the columns of the file; names: docs/reference/tables.md",
    "duplicate_column": "the file names a column twice, it does not say which of the two counts; take one of them out",
    "unreadable": "the file cannot be opened or breaks off; correct its permissions or fetch it again from its sender",
    "unconvertible": "the file holds something that this program cannot take; send it with this text to the program's makers",
    "bad_row": "the row has more or fewer cells than the header; the sender must quote separators inside of values",
    "endless_record": "no message of the standard has records so long; treat the file as hostile",
    "signature": "only messages with a valid signature are accepted (`[signatures] require`); ask its sender to sign it",
    "empty_file": "the file holds nothing; fetch it again from its sender",
}


class BadFile(Exception):
    """A file that cannot be taken at all."""

    def __init__(self, code: str, text: str, list_name: str = "unknown") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.list_name = list_name


# Faults of the machine that writes, not of the file that is read.
_OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def ours_to_report(exc: BaseException) -> None:
    """Raise what is not a file's fault again: a full or read-only disk.

    Raises:
        OSError: The fault, if it is one.
    """
    if isinstance(exc, OSError) and exc.errno in _OURS:
        raise exc


def unconvertible(exc: BaseException, list_name: str = "unknown") -> BadFile:
    """The refusal of a file for a fault that nobody foresaw; it names the fault's kind and nothing of the file."""
    return BadFile("unconvertible", f"the file could not be read or converted ({type(exc).__name__})", list_name)
