"""Hold the files of a wheel and a source distribution against those of the repository."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile

wheel, source = sys.argv[1:]
listed = subprocess.run(
    ["git", "ls-files", "-z"], check=True, capture_output=True, encoding="utf-8"
).stdout
tracked = {name for name in listed.split("\0") if name}
with zipfile.ZipFile(wheel) as archive:
    packed = {name for name in archive.namelist() if ".dist-info/" not in name}
with tarfile.open(source) as archive:
    # Without the folder of the version, in which everything lies.
    names = (member.name.partition("/")[2] for member in archive if member.isfile())
    sent = {name for name in names if ".egg-info/" not in name}
package = {name for name in tracked if name.startswith("rag/")}
made = {"PKG-INFO", "setup.cfg"}
faults = {
    "not in the wheel": package - packed,
    "in the wheel by mistake": packed - package,
    "not in the source distribution": tracked - sent,
    "in the source distribution by mistake": sent - tracked - made,
}
for what, files in faults.items():
    if files:
        print(f"{what}: {', '.join(sorted(files))}", file=sys.stderr)
sys.exit(any(faults.values()))
