"""The settings name the certificates that count, and what cannot work is refused with the remedy."""

from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.ceb.signature import SignatureChecker
from sandan.record.errors import ConfigError
from sandan.record.settings import load_settings


def _home(folder: Path, trusted: str, more: str = "") -> Path:
    (folder / "sandan.toml").write_text(f"[signatures]\ntrusted = {trusted}\n{more}")
    return folder


def test_the_settings_name_the_anchors(tmp_path: Path, company: Any, root: Any, stranger: Any) -> None:
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "two.pem").write_bytes(company.pem + root.pem)
    (tmp_path / "more.pem").write_bytes(stranger.pem)
    absolute = (tmp_path / "more.pem").as_posix()
    made = SignatureChecker.from_settings(
        load_settings(_home(tmp_path, f'["certs/*.pem", "{absolute}"]', "max_mib = 0.5\nrequire = true\n"))
    )
    assert made == SignatureChecker((company.der, root.der, stranger.der), 2**19, False, True)
    assert SignatureChecker.from_settings(load_settings(_home(tmp_path, '"certs/*.pem"'))).anchors == (company.der, root.der)
    assert SignatureChecker.from_settings(load_settings(_home(tmp_path, "[]"))) == SignatureChecker()


def test_settings_that_cannot_work_name_the_remedy(tmp_path: Path, company: Any) -> None:
    for pattern in ("none/*.pem", "", "**x/**"):
        with pytest.raises(ConfigError, match=r"signatures\.trusted: no file fits"):
            SignatureChecker.from_settings(load_settings(_home(tmp_path, f'"{pattern}"')))
    for content in (b"", b"no certificate", company.pem.replace(b"M", b"N"), company.pem[:300]):
        (tmp_path / "broken.pem").write_bytes(content)
        with pytest.raises(ConfigError, match=r"broken\.pem: not a readable PEM certificate"):
            SignatureChecker.from_settings(load_settings(_home(tmp_path, '"*.pem"')))
    with pytest.raises(ConfigError, match="require"):
        SignatureChecker.from_settings(load_settings(_home(tmp_path, "[]", "require = true\n")))
