import hashlib
import json
import re
from pathlib import Path

from sandan.dashboard import theme

VENDOR = Path(theme.__file__).parent / "assets" / "vendor"


def test_other_people_s_files_are_what_the_list_says() -> None:
    listed = dict(re.findall(r"^\| `([\w.]+)` \|.*`([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(listed) == {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".json")}
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
    assert {"cytoscape.LICENSE.txt", "plotly.LICENSE.txt"} <= {path.name for path in VENDOR.iterdir()}


def test_the_map_holds_land_and_no_borders() -> None:
    objects = json.loads((VENDOR / "world_110m.json").read_text(encoding="utf-8"))["objects"]
    assert objects["land"]["geometries"] and objects["coastlines"]["geometries"]
    assert objects["countries"]["geometries"] == [] == objects["subunits"]["geometries"]
    assert theme.GRAPH_CONFIG["topojsonURL"] == "/assets/vendor/"
