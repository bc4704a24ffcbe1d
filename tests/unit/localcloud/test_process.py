import json
from pathlib import Path

from localcloud.process import running
from localcloud.settings import Settings, free_port


def test_a_process_id_that_now_belongs_to_another_user_is_no_running_cloud(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.process_file.parent.mkdir()
    # Process 1 is not ours, unless we are root: then the free port tells.
    found = {"pid": 1, "port": free_port(), "proxyPort": 0, "region": "us-east-1"}
    settings.process_file.write_text(json.dumps(found), encoding="utf-8")

    assert running(settings) is None
