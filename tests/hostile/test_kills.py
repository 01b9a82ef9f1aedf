"""Jobs killed at any moment: what was there stays whole, and the next run ends where an undisturbed one does."""

import shutil
from pathlib import Path

from victims import (
    UNDER_WAY,
    Stage,
    at,
    copied,
    ended,
    faults,
    killed_after,
    killed_at,
    lasting,
    standing,
    tree,
    victim,
)

from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.upkeep.backup import restore


def harm_of(stage: Stage, site: Path, settings: Settings) -> list[str]:
    """What a killed job did to its site, and the run after it did not mend."""
    before, after, now = standing(stage.before), standing(stage.after), tree(site)
    kept = {
        path: digest
        for path, digest in lasting(now).items()
        if not path.endswith(".tmp") and not path.startswith(UNDER_WAY)
    }
    harm = [f"torn {path}" for path, digest in kept.items() if digest not in (before.get(path), after.get(path))]
    harm += [f"gone {path}" for path in lasting(before) if path in after and path not in now]
    if ended(victim(lambda: stage.action(settings))) != 0:
        return [*harm, "the next run failed"]
    now = tree(site)
    harm += [f"leftover {path}" for path in now if path.endswith(".tmp")]
    wanted, got = lasting(after), lasting(now)
    harm += [f"other {path}" for path in sorted({*wanted, *got}) if wanted.get(path) != got.get(path)]
    return harm + faults(settings)


def test_a_job_killed_at_any_moment_loses_and_leaves_nothing(stages, plant, tmp_path, sized, chance, tell):
    rng = chance("kills")
    killed, early, lost, leftovers, first = 0, 0, [], 0, rng.randrange(len(stages))
    for number in range(sized(156)):
        stage = stages[(number + first) % len(stages)]
        site = copied(stage.before, tmp_path / "site")
        settings = at(plant, site)
        by_time = rng.random() < 0.5
        if by_time:
            hit = killed_after(stage.action, settings, rng.uniform(0, stage.seconds))
        else:
            hit = killed_at(stage.action, settings, rng.randint(1, stage.steps))
        killed, early = killed + hit, early + (not hit)
        leftovers += sum(path.endswith(".tmp") for path in tree(site))
        if harm := harm_of(stage, site, settings):
            lost.append(f"{stage.name} {'by time' if by_time else 'at a step'}: {harm[:4]}")
        shutil.rmtree(site)
    tell(
        f"kills: {killed} of {len(stages)} jobs, {early} came too late; {killed + early - len(lost)} survived, "
        f"{len(lost)} lost; {leftovers} leftovers, 0 after the next run"
    )
    assert lost == []


def test_a_killed_backup_is_restored_to_the_same_bytes(stages, plant, tmp_path, sized, chance, tell):
    rng, stage, whole = chance("backups"), stages[-1], 0
    tried = sized(100)
    for number in range(tried):
        site = copied(stage.before, tmp_path / f"site-{number}")
        killed_at(stage.action, at(plant, site), rng.randint(1, stage.steps))
        stage.action(at(plant, site))
        back = Store(str(tmp_path / f"back-{number}" / "store"))
        restore(f"{site}/backups", back, None, False, lambda _: None)
        whole += tree(tmp_path / f"back-{number}") == tree(site)
        shutil.rmtree(site)
        shutil.rmtree(tmp_path / f"back-{number}")
    tell(f"killed backups: {tried} tried, {whole} restored to the same bytes")
    assert whole == tried
