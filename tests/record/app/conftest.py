"""The app database on both servers."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sandan.record.app.services import Services, open_services
from sandan.record.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty home; on PostgreSQL with an empty database of its own."""
    if request.param == "sqlite":
        return Settings(home=tmp_path / "home")
    server: Any = request.getfixturevalue("postgresql")
    name = f"t{abs(hash(str(tmp_path)))}"
    engine = sa.create_engine(server.url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as con:
        con.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return Settings(home=tmp_path / "home", app_db=server.url.replace("/postgres?", f"/{name}?"))


@pytest.fixture
def services(settings: Settings) -> Any:
    services = open_services(settings)
    yield services
    services.database.engine.dispose()


__all__ = ["Services"]
