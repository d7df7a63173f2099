"""Why a record or a file was not taken: codes with what to do about them."""

from dataclasses import dataclass

# code -> remedy in a few words; shown by `sandan rejects`.
REMEDIES: dict[str, str] = {
    "missing_key": "the sender must fill the element that identifies the record",
    "bad_value": "the sender must correct the value and send the record again",
    "bad_line": "the sender must correct the line and send the record again",
    "broken_xml": "the file breaks off or is not well-formed; fetch it again from its sender",
    "bad_encoding": "the bytes do not fit the encoding that the file declares; ask for UTF-8 or GB18030",
    "forbidden_dtd": "the file declares entities or a document type, which no message needs; treat it as hostile",
    "unknown_format": "neither a CEB message nor one of the contract's tables; move it out of the folder",
    "missing_columns": "rename the columns of the file to the contract's names",
    "unreadable": "the file cannot be opened or breaks off; mend its permissions or fetch it again from its sender",
    "empty_file": "the file holds nothing; fetch it again from its sender",
}


@dataclass(frozen=True, slots=True)
class Reject:
    """One refused record, or one refused file (position 0).

    Texts name elements and files, never values: a value may be personal.
    """

    file: str
    position: int
    list_name: str
    code: str
    text: str


class BadRecord(Exception):
    """A record that cannot be taken; the reading of its file goes on."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class BadFile(Exception):
    """A file that cannot be taken at all."""

    def __init__(self, code: str, text: str, list_name: str = "unknown") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.list_name = list_name
