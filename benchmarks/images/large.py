"""Are defects of 20 pixels found in pictures of 4,096 x 3,000, and what does it take?

python -m benchmarks.images.large --folder FOLDER [--learned 20] [--tested 6] [--size 20] [--seed 0]

Simulated sheets of rolled metal are written to FOLDER/sheet in MVTec's layout: good ones, and ones with one dent,
scratch or stain each, with masks. Then the four commands of the documentation run in FOLDER as a user types them. It
prints their CPU-seconds and peak memory, and the figures of `evaluate-images`. Needs nightscore[patches].
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image
from scipy import ndimage

from benchmarks.outputs import wide_console

WIDTH, HEIGHT = 4096, 3000
KINDS = ("dent", "scratch", "stain")
console = wide_console()


def sheet(rng: np.random.Generator) -> np.ndarray:
    """A good sheet, (HEIGHT, WIDTH) grey levels: grain along the rolling direction, uneven light, noise."""
    fine = ndimage.gaussian_filter(rng.standard_normal((HEIGHT, WIDTH), np.float32), (0.7, 12))
    broad = ndimage.gaussian_filter(rng.standard_normal((HEIGHT // 8, WIDTH // 8), np.float32), (3, 20))
    broad = ndimage.zoom(broad, (HEIGHT / broad.shape[0], WIDTH / broad.shape[1]), order=1)
    down, across = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    middle = rng.uniform(-0.2, 0.2, 2)
    light = 128 * (1 - 0.15 * ((down - middle[0]) ** 2 + (across - middle[1]) ** 2))
    noise = rng.standard_normal((HEIGHT, WIDTH), np.float32)
    return np.asarray(light + 9 * fine / fine.std() + 4 * broad / broad.std() + 2 * noise)


def with_defect(grey: np.ndarray, kind: str, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The sheet with one defect of `size` pixels, and its mask."""
    reach = 2 * size
    top, left = (int(rng.integers(reach, length - reach)) for length in grey.shape)
    at = np.s_[top - reach : top + reach, left - reach : left + reach]
    shape, change = _mark(kind, size, reach, rng)
    marked, mask = grey.copy(), np.zeros(grey.shape, bool)
    marked[at] += ndimage.gaussian_filter(change, 0.7)
    mask[at] = shape
    return marked, mask


def _mark(kind: str, size: int, reach: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where a defect in the middle of a square of 2 `reach` pixels is, and the grey levels that it adds there."""
    down, across = np.mgrid[-reach:reach, -reach:reach] + 0.5
    turn, radius = rng.uniform(0, np.pi), np.hypot(down, across) / (size / 2)
    along, beside = down * np.cos(turn) + across * np.sin(turn), across * np.cos(turn) - down * np.sin(turn)
    if kind == "dent":  # one flank in the light, the other in shadow
        return radius < 1, 90 * along / (size / 2) * np.clip(1 - radius**2, 0, 1)
    if kind == "scratch":
        thin = (np.abs(along) < size / 2) & (np.abs(beside) < 1.5)
        return thin, 55.0 * thin * rng.choice([-1, 1])
    ragged = radius + ndimage.zoom(0.25 * rng.standard_normal((10, 10)), 2 * reach / 10, order=1) < 1
    return ragged, -28.0 * ragged


def write_sheets(folder: Path, learned: int, tested: int, size: int, seed: int) -> None:
    """Good sheets to learn from and to test with, and as many of each kind of defect, in MVTec's layout."""
    rng = np.random.default_rng(seed)
    plan = [("train/good", "", learned), ("test/good", "", tested), *((f"test/{kind}", kind, tested) for kind in KINDS)]
    for place, kind, count in plan:
        for number in range(count):
            grey, mask = sheet(rng), None
            if kind:
                grey, mask = with_defect(grey, kind, size, rng)
                _write(folder / "ground_truth" / kind / f"{number:03}_mask.png", 255 * mask)
            _write(folder / place / f"{number:03}.png", grey)


def _write(path: Path, grey: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8)).save(path, compress_level=1)


def run(folder: Path, *command: str) -> str:
    """What a command of nightscore prints in the folder; its cost is printed. CalledProcessError when it fails."""
    program, began = Path(sys.executable).with_name("nightscore"), time.monotonic()
    with subprocess.Popen([str(program), *command], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20
    console.print(f"{command[0]}: {cpu:.0f} CPU-s, {peak:.2f} GiB, {time.monotonic() - began:.0f} s")
    return printed


def main(
    folder: Annotated[Path, typer.Option(help="Where the sheets, the settings and the store are written.")],
    learned: Annotated[int, typer.Option(min=8, help="Good sheets learned from.")] = 20,
    tested: Annotated[int, typer.Option(min=1, help="Good sheets to test with, and of each kind of defect.")] = 6,
    size: Annotated[int, typer.Option(min=4, help="Pixels of a defect.")] = 20,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Simulate sheets with small defects and take them through the four commands."""
    if not (folder / "sheet").exists():
        write_sheets(folder / "sheet", learned, tested, size, seed)
    if not (folder / "settings.toml").exists():
        console.print(run(folder, "init", "--from", "sheet", "--yes"))
    settings = tomllib.loads((folder / "settings.toml").read_text(encoding="utf-8"))
    day, camera = settings["cameras"]["sheet"]["undated_day"], ("--camera", "sheet")
    run(folder, "ingest-images", *camera, "--day", str(day))
    console.print(run(folder, "train-images", *camera, "--day", str(day + timedelta(days=1))))
    console.print(run(folder, "evaluate-images", *camera, "--out", "sheet-verdicts.png"))


if __name__ == "__main__":
    typer.run(main)
