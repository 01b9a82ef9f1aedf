"""A store is walked, what is damaged is named with the command that makes it again, and made."""

import random
from pathlib import Path

from sensors_data.seal import check
from sensors_data.store import Store
from sensors_data.upkeep.verify import paths_of, verify
from service.schedule.repairs import repair


def found(settings, day=None):
    store = Store(settings.store)
    return [finding for finding in verify(store, paths_of(store, day)) if finding is not None]


def harm(settings, path: str) -> None:
    """Change one byte of a file of the store."""
    file = Path(settings.store) / path
    data = bytearray(file.read_bytes())
    data[random.Random(path).randrange(len(data))] ^= 0x10
    file.write_bytes(bytes(data))


def test_a_store_that_nobody_harmed_has_nothing_to_tell(copied):
    assert found(copied) == []


def test_every_damaged_table_model_and_text_is_named_and_made_again_to_the_same_bytes(copied):
    store = Store(copied.store)
    day = store.days("scores", family="oven")[-1]
    model = store.files("models/series/oven", suffix=".safetensors")[0]
    tables = [store.written(name, [day], family="oven")[0] for name in ("readings", "grid", "scores", "anomalies")]
    harmed = [*tables, store.written("sensor_scores", [day], family="oven")[1], model, "metrics/nightscore-oven.prom"]
    whole = {path: store.read_bytes(path) for path in harmed}
    for path in harmed:
        harm(copied, path)
    damaged = {finding.path: finding.remake.command for finding in found(copied) if finding.state == "damaged"}
    assert sorted(damaged) == sorted(harmed)
    assert damaged[tables[1]] == f"nightscore impute --family oven --day {day} --shard 0"
    assert repair(copied, None, print) == []
    assert [finding for finding in found(copied) if finding.state in ("damaged", "stale")] == []
    assert {path: store.read_bytes(path) for path in harmed[:-1]} == {p: whole[p] for p in harmed[:-1]}
    assert [path for path in harmed if f"damaged/{path}" not in store.all_files()] == []


def test_a_night_whose_grid_changed_since_is_stale_until_it_is_made_again(copied):
    store = Store(copied.store)
    day = store.days("scores", family="oven")[-1]
    where = {"family": "oven", "day": day, "shard": 0}
    source = store.provenance(store.path("grid", **where))
    grid = store.read("grid", **where)
    store.write("grid", grid.assign(power=grid["power"] + 1), source, **where)
    stale = {finding.path.split("/")[0] for finding in found(copied) if finding.state == "stale"}
    assert stale == {"scores", "sensor_scores", "completeness", "self_tests", "drift"}
    assert repair(copied, None, print) == []
    assert found(copied) == []


def test_strays_copies_links_and_leftovers_are_named_and_stop_nobody(copied, nightscore, inbox, tmp_path):
    store, root = Store(copied.store), Path(copied.store)
    (root / "models/series/oven/2026-03-29 (copy).safetensors").write_bytes(b"x")
    (root / "models/series/oven/.2026-03-29.safetensors.0badc0de.1-ab.tmp").touch()
    (root / "scores/family=oven/day=2026-03-99").mkdir()
    (root / "scores/family=oven/day=2026-03-99/shard-0.parquet").write_bytes(b"x")
    (root / "notes.txt").write_bytes(b"x")
    (tmp_path / "elsewhere.parquet").write_bytes(b"x")
    (root / "incidents/incident-ffffffffffffffff.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    (root / "incidents/incident-eeeeeeeeeeeeeeee.parquet").write_bytes(b"nightscore-sha256:0:sealed")
    states = {finding.path: finding.state for finding in found(copied)}
    assert sorted(states.values()) == ["damaged", "leftover", "stray", "stray", "stray"]
    day = store.days("scores", family="oven")[-1]
    ended = nightscore("nightly", "--day", day, "--settings", inbox / "settings.toml", "--store", copied.store)
    assert ended.code == 0, ended
    assert "Traceback" not in ended.out + ended.err


def test_the_command_says_what_is_damaged_ends_with_3_and_with_repair_makes_it(copied, nightscore, inbox):
    where = ("--settings", inbox / "settings.toml", "--store", copied.store)
    assert nightscore("verify", *where).code == 0
    store = Store(copied.store)
    day = store.days("scores", family="oven")[-1]
    harm(copied, store.written("scores", [day], family="oven")[0])
    ended = nightscore("verify", *where, "--day", day)
    assert ended.code == 3
    assert "1 damaged" in ended.out
    assert f"nightscore score-series --family oven --day {day} --shard 0" in " ".join(ended.out.split())
    assert "after the repair: 0 damaged, 0 stale" in nightscore("verify", *where, "--day", day, "--repair").out


def test_migrate_gives_old_files_their_hash_and_changes_no_row(copied, nightscore, inbox):
    where = ("--settings", inbox / "settings.toml", "--store", copied.store)
    store = Store(copied.store)
    last = store.days("anomalies", family="oven")[-1]
    rows = store.read("anomalies", family="oven", day=last)
    sealed = store.files("anomalies") + store.files("self_tests") + store.files("models/series", suffix=".safetensors")
    for path in sealed:
        data = store.read_bytes(path)
        store.write_bytes(
            path, data.replace(b"nightscore-sha256:", b"nightscore-sha999:").replace(b":sealed", b":unsaid")
        )
    assert f"{len(sealed)} of them have no hash" in nightscore("verify", *where, "--all").out
    assert nightscore("migrate", *where).out == f"{len(sealed)} files have today's form now\n"
    assert all(check(store.read_bytes(path), path) for path in sealed)
    assert store.read("anomalies", family="oven", day=last).equals(rows)
    assert found(copied) == []
