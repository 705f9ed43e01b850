"""The state folder: private, one for each clone."""

import stat
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from secondopinion.site import state


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECONDOPINION_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(folder: Path) -> None:
    secret = state.kept_secret("key")
    assert len(secret) >= 48
    assert state.kept_secret("key") == secret
    assert stat.S_IMODE((folder / "key.secret").stat().st_mode) == 0o600
    assert state.kept_secret("other") != secret


def test_of_many_at_once_all_get_the_same_secret(folder: Path) -> None:
    with ThreadPool(8) as many:
        assert len(set(many.map(lambda _: state.kept_secret("key"), range(40)))) == 1
    assert [path.name for path in folder.iterdir()] == ["key.secret"]


def test_each_clone_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECONDOPINION_HOME", raising=False)
    here = state.home()
    monkeypatch.setattr(state, "CLONE", Path("/somewhere/else"))
    assert state.home() != here
    assert state.home().parent == here.parent


def test_root_keeps_its_state_where_the_server_s_user_can_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECONDOPINION_HOME", raising=False)
    monkeypatch.setattr(state, "is_root", lambda: True)
    assert state.home().parent == Path("/var/lib/secondopinion")


def test_anybody_else_keeps_it_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECONDOPINION_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(state, "is_root", lambda: False)
    assert state.home().parent == tmp_path / ".local" / "state" / "secondopinion"
