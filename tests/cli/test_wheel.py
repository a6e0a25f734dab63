"""What is installed elsewhere is whole: with its templates, styles, migrations and the demonstration."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.request import urlopen

from cli.program import DEADLINE, ROOT, environment, serve

BUILD = "import sys; from flit_core.buildapi import build_wheel; print(build_wheel(sys.argv[1]))"


def test_a_wheel_serves_the_sign_in_page(tmp_path: Path) -> None:
    built, installed, folder = tmp_path / "built", tmp_path / "installed", tmp_path / "folder"
    built.mkdir()
    folder.mkdir()
    made = subprocess.run(
        [sys.executable, "-c", BUILD, str(built)], cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    with zipfile.ZipFile(built / made.stdout.strip()) as wheel:
        wheel.extractall(installed)
    found = [sys.executable, "-c", "import gridhall; print(gridhall.__file__)"]
    told = subprocess.run(
        found, cwd=folder, env=environment(PYTHONPATH=str(installed)), capture_output=True, text=True, check=True
    )
    assert Path(told.stdout.strip()).is_relative_to(installed)
    with serve(folder=folder, PYTHONPATH=str(installed)) as server:
        with urlopen(f"{server.url}/signin", timeout=DEADLINE) as answer:
            page = answer.read().decode()
        assert '<form method="post" action="/signin"' in page
        dressed_by = re.findall('href="(/pages/[^"]+)"', page)
        assert len(dressed_by) == 2
        for path in dressed_by:
            with urlopen(server.url + path, timeout=DEADLINE) as answer:
                assert answer.read()
        assert server.stop() == 0
