import tomllib

import pytest

from sensors_data.documents import json_in, toml_in
from sensors_data.errors import UnusableError
from sensors_data.settings import load
from service.api.users import Users

DEEP = "[" * 100_000


def test_what_texts_hold():
    assert json_in(b'{"a": [1, 2.5]}') == {"a": [1, 2.5]}
    assert toml_in("a = [1, 2.5]") == {"a": [1, 2.5]}


def test_a_text_in_more_layers_than_python_follows_is_none():
    with pytest.raises(ValueError, match="too many layers"):
        json_in(DEEP)
    with pytest.raises(tomllib.TOMLDecodeError, match="too many layers"):
        toml_in(f"a = {DEEP}")


def test_files_in_too_many_layers_are_refused_by_their_names(tmp_path):
    settings, users = tmp_path / "settings.toml", tmp_path / "users.json"
    settings.write_text(f"a = {DEEP}")
    users.write_text(DEEP)
    with pytest.raises(UnusableError, match=r"settings\.toml is not TOML: it lies in too many layers"):
        load(settings)
    with pytest.raises(UnusableError, match=r"users\.json holds no users: it lies in too many layers"):
        Users(users).all()
