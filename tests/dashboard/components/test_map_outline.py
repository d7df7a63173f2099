import hashlib
import json
import re
from pathlib import Path

from sandan.dashboard import theme

ASSETS = Path(theme.__file__).parent / "assets"
MAP = ASSETS / "map"


def test_the_outline_is_what_its_source_note_says() -> None:
    listed = dict(re.findall(r"^\| `([\w.]+)` \|.*`([0-9a-f]{64})` \|$", (MAP / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(listed) == {path.name for path in MAP.iterdir() if path.suffix == ".json"}
    for name, digest in listed.items():
        assert hashlib.sha256((MAP / name).read_bytes()).hexdigest() == digest
        assert (MAP / name).with_suffix(".LICENSE.txt").is_file()


def test_the_map_holds_land_and_no_borders() -> None:
    objects = json.loads((MAP / "world_110m.json").read_text(encoding="utf-8"))["objects"]
    assert objects["land"]["geometries"] and objects["coastlines"]["geometries"]
    assert objects["countries"]["geometries"] == [] == objects["subunits"]["geometries"]
    assert theme.GRAPH_CONFIG["topojsonURL"] == "/assets/map/"


def test_no_script_of_others_lies_in_the_repository() -> None:
    scripts = sorted(path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.suffix in (".js", ".mjs", ".map", ".css"))
    assert scripts == ["app.css", "dashAgGridComponentFunctions.js", "dashAgGridFunctions.js", "network.js", "sandan.js"]
