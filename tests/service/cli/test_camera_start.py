import json
import shutil

import numpy as np
import pytest
from PIL import Image

RNG = np.random.default_rng(3)


def part(spot):
    """A grey part of 40 x 40 pixels, with a dark spot or without."""
    x = 120 + 20 * np.sin(np.arange(40) / 3)[None] + RNG.normal(0, 3, (40, 40))
    if spot:
        x[15:25, 15:25] -= 90
    return np.clip(x, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """A labelled set in the layout of MVTec AD: 60 good parts to learn from, 12 good and 12 spotted ones to test."""
    root = tmp_path_factory.mktemp("camera") / "parts"
    mask = np.zeros((40, 40), np.uint8)
    mask[15:25, 15:25] = 255
    files = {f"train/good/{n}.png": part(False) for n in range(60)}
    files |= {f"test/good/{n}.png": part(False) for n in range(12)}
    files |= {f"test/spot/{n}.png": part(True) for n in range(12)}
    files |= {f"ground_truth/spot/{n}_mask.png": mask for n in range(12)}
    for name, x in files.items():
        (root / "2026-03-20" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(x).save(root / "2026-03-20" / name)
    return root


def trained_briefly(folder) -> None:
    """Make trainings of the settings that `init` wrote in `folder` short ones."""
    path = folder / "settings.toml"
    path.write_text(path.read_text() + "\ndetector = { steps = 150, folds = 1 }\n")


def test_a_labelled_folder_goes_from_init_to_its_evaluation_in_four_commands(nightscore, parts, tmp_path, monkeypatch):
    shutil.copytree(parts, tmp_path / "parts")
    monkeypatch.chdir(tmp_path)
    began = nightscore("init", "--from", "parts")
    assert began.code == 0, began.err
    assert "84 pictures of 2026-03-20" in began.out
    assert "labels: good 72, spot 12; 72 of them normal" in began.out
    trained_briefly(tmp_path)
    assert (tmp_path / "parts.png").read_bytes()[:4] == b"\x89PNG"
    assert "NOT STARTED" in nightscore("doctor").out
    ingested = nightscore("ingest-images", "--camera", "parts", "--day", "2026-03-20")
    assert "84 images, 12 labelled as defects, 0 rejects, 12 masks" in ingested.out
    assert "CAN BE TRAINED. 60 normal images" in nightscore("doctor").out
    assert nightscore("train-images", "--camera", "parts", "--day", "2026-03-21").code == 0
    judged = nightscore("evaluate-images", "--camera", "parts", "--json", "--least-auroc", "0.9")
    assert judged.code == 0, judged.err
    figures = json.loads(judged.out)
    assert figures["auroc"] > 0.95
    assert (figures["recall"]["of"], figures["false_alarms"]["of"]) == (12, 12)
    assert figures["pixel_auroc"] > 0.8
    assert (tmp_path / "parts-evaluation.png").exists()
    assert "TRAINED, NOT SCORED" in nightscore("doctor").out
    assert nightscore("init", "--from", "parts").code == 2


def test_doctor_tells_a_day_whose_pictures_were_all_refused_from_one_never_taken_in(
    nightscore, parts, tmp_path, monkeypatch
):
    shutil.copytree(parts, tmp_path / "parts")
    for day in ("2026-03-21", "2026-03-22"):
        dark = tmp_path / "parts" / day / "train" / "good" / "0.png"
        dark.parent.mkdir(parents=True)
        Image.new("L", (28, 28)).save(dark)
    monkeypatch.chdir(tmp_path)
    assert nightscore("init", "--from", "parts").code == 0
    assert nightscore("ingest-images", "--camera", "parts", "--day", "2026-03-20").code == 0
    assert "2 days of the inbox not ingested, first 2026-03-21" in nightscore("doctor").out
    assert nightscore("ingest-images", "--camera", "parts", "--day", "2026-03-21").code == 2
    told = " ".join(nightscore("doctor").out.split())
    assert "1 day without a usable picture, first 2026-03-21: every pixel is nearly the same" in told
    assert "1 day of the inbox not ingested, first 2026-03-22" in told


def test_without_a_detector_the_evaluation_says_what_to_run(nightscore, parts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert nightscore("init", "--from", str(parts)).code == 0
    judged = nightscore("evaluate-images", "--camera", "parts")
    assert judged.code == 2
    assert "run: nightscore train-images --camera parts" in judged.err


def test_without_a_test_part_the_held_out_parts_stand_for_good_ones_and_that_is_told(
    nightscore, parts, tmp_path, monkeypatch
):
    for number, path in enumerate(sorted((parts / "2026-03-20").glob("t*/*/*.png"))):
        if number % 3 == 0 or "spot" in path.parts:
            here = tmp_path / "flat" / path.parent.name / f"{number}.png"
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, here)
    monkeypatch.chdir(tmp_path)
    began = nightscore("init", "--from", "flat")
    commands = [line.split()[1:] for line in began.out.splitlines() if line.startswith("  nightscore")]
    assert [command[0] for command in commands] == ["ingest-images", "train-images", "evaluate-images"]
    trained_briefly(tmp_path)
    for command in commands[:2]:
        assert nightscore(*command).code == 0
    judged = nightscore(*commands[2])
    assert judged.code == 0, judged.err
    assert "12 defects and 5 other good parts" in judged.out
    assert "those that training held out" in judged.out


def test_init_says_when_there_are_too_few_good_parts_to_learn_from(nightscore, parts, tmp_path, monkeypatch):
    (tmp_path / "few/good").mkdir(parents=True)
    for n in range(4):
        shutil.copy(parts / f"2026-03-20/train/good/{n}.png", tmp_path / "few/good")
    monkeypatch.chdir(tmp_path)
    assert (
        "odd: 4 normal pictures are too few to learn from; a detector wants at least 8"
        in nightscore("init", "--from", "few").out
    )


def test_pictures_that_a_list_leaves_out_are_unknown_through_training_and_evaluation(nightscore, tmp_path, monkeypatch):
    labels = ["file,label"]
    for n in range(30):
        spotted = n >= 24
        Image.fromarray(part(spotted)).save(_in(tmp_path / "flat/2026-03-20") / f"{n}.png")
        labels += [f"{n}.png,{'spot' if spotted else 'good'}"] if n < 20 or n > 26 else []
    (tmp_path / "flat/labels.csv").write_text("\n".join(labels))
    monkeypatch.chdir(tmp_path)
    began = nightscore("init", "--from", "flat")
    assert "labels: good 20, spot 3, unknown 7; 20 of them normal" in began.out
    assert "unknown pictures are neither learned from nor evaluated" in began.out
    trained_briefly(tmp_path)
    ingested = nightscore("ingest-images", "--camera", "flat", "--day", "2026-03-20")
    assert "30 images, 3 labelled as defects, 0 rejects (labels: good 20, spot 3, unknown 7)" in ingested.out
    assert "CAN BE TRAINED. 20 normal images" in nightscore("doctor").out
    assert nightscore("train-images", "--camera", "flat", "--day", "2026-03-21").code == 0
    judged = nightscore("evaluate-images", "--camera", "flat", "--json")
    assert json.loads(judged.out)["recall"]["of"] == 3


def _in(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder
