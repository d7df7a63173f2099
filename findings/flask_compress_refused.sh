#!/bin/sh
# Flask-Compress answers in the encoding that a client refuses with q=0, and leaves a served file open that it compresses.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Flask==3.1.3 Flask-Compress==1.25
cd "$folder"
mkdir static
"$folder/venv/bin/python" - <<'PY'
import gc
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from flask_compress import Compress

Path("static/words.txt").write_text("three lists\n" * 1000)
app = Flask("served", root_path=".")
app.add_url_rule("/text", "text", lambda: ("x" * 5000, {"Content-Type": "text/plain"}))
Compress(app)
client = app.test_client()

print("Flask", version("flask"), "Flask-Compress", version("flask-compress"))
print("expected: RFC 9110, 12.4.2 and 12.5.3: a weight of 0 is 'not acceptable', so that none of these may be used")
seen = {}
for header in ("gzip;q=0", "zstd;q=0", "gzip;q=0, *;q=0", "identity, gzip;q=0", "gzip"):
    seen[header] = client.get("/text", headers={"Accept-Encoding": header}).headers.get("Content-Encoding")
    print(f"Accept-Encoding: {header}: Content-Encoding {seen[header]}")
open_files = {}
for header in ("identity", "gzip, zstd"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with client.get("/static/words.txt", headers={"Accept-Encoding": header}) as answer:
            answer.get_data()
        del answer
        gc.collect()
    open_files[header] = [str(one.message)[:13] for one in caught if one.category is ResourceWarning]
    print(f"a static file with Accept-Encoding: {header}: warnings {open_files[header]}")
as_stated = seen == {"gzip;q=0": "gzip", "zstd;q=0": "zstd", "gzip;q=0, *;q=0": "gzip", "identity, gzip;q=0": None, "gzip": "gzip"}
as_stated &= open_files == {"identity": [], "gzip, zstd": ["unclosed file"]}
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# Flask 3.1.3 Flask-Compress 1.25
# expected: RFC 9110, 12.4.2 and 12.5.3: a weight of 0 is 'not acceptable', so that none of these may be used
# Accept-Encoding: gzip;q=0: Content-Encoding gzip
# Accept-Encoding: zstd;q=0: Content-Encoding zstd
# Accept-Encoding: gzip;q=0, *;q=0: Content-Encoding gzip
# Accept-Encoding: identity, gzip;q=0: Content-Encoding None
# Accept-Encoding: gzip: Content-Encoding gzip
# a static file with Accept-Encoding: identity: warnings []
# a static file with Accept-Encoding: gzip, zstd: warnings ['unclosed file']
# as stated
