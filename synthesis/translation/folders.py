"""Translation between folders of pictures: learned from two of them, applied to a third."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from sensors_data.errors import NightscoreError, NotThereError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.images.arrays import resize
from sensors_data.images.files import decode_image, decode_levels, encode_png, read_image_file
from sensors_data.images.understanding.discover import pictures_at
from sensors_data.nets.checkpoint import file_checkpoint
from sensors_data.nets.training import Hooks, Progress
from synthesis.presets.catalogue import nearest_size
from synthesis.translation.files import TrainedTranslator, TranslatorCard, from_bytes, to_bytes
from synthesis.translation.learning import Kinds, TranslationSettings, check, error_of, learn_translator, translated

HELD_OUT = 10
"""One picture of so many is held out, where there are twice as many."""
Say = Callable[[str], None]


def learn_from_folders(
    first: Path, second: Path, out: Path, settings: TranslationSettings, seed: int, say: Say, progress: Progress | None
) -> str:
    """Learn from the pictures of two folders, keep the translator in the file `out`; what was learned, in words.

    Pairs are pictures of one name. A training that was killed continues from the file beside `out`. NotThereError and
    UnusableError for folders from which nothing can be learned.
    """
    if first.resolve() == second.resolve():
        raise UnusableError(f"both sides are {first}", "name two folders of pictures")
    names, kinds = _read(first, second, settings.paired, say)
    check(kinds, settings.paired)
    learned, held_out = _split(kinds)
    state = out.with_name(out.name + ".unfinished")
    key = f"{settings.model_dump_json()} {seed} {names} {learned.first.shape} {learned.second.shape}"
    hooks = Hooks(progress, file_checkpoint(state, key))
    network = learn_translator(learned, settings, seed, hooks)
    card = TranslatorCard(
        network=network.config,
        kinds=(first.name, second.name),
        images=(len(learned.first), len(learned.second)),
        error=error_of(network, held_out),
        seed=seed,
    )
    _writer(out)(to_bytes(TrainedTranslator(network, card)))
    state.unlink(missing_ok=True)
    what = "of held-out pairs" if settings.paired else "of the way forth and back"
    counts = f"{card.images[0]:,} and {card.images[1]:,} pictures"
    return f"learned {first.name} to {second.name} from {counts}, error {what} {card.error:.1f} grey levels: {out}"


def _writer(path: Path) -> Callable[[bytes], None]:
    return lambda data: replace_file(*open_url(str(path.resolve())), data)


def _read(first: Path, second: Path, paired: bool, say: Say) -> tuple[list[str], Kinds]:
    """The names of the pictures and their pixels, all of the side that is nearest to the first one's."""
    files = [pictures_at(folder) for folder in (first, second)]
    if paired:
        common = {path.stem for path in files[0]} & {path.stem for path in files[1]}
        files = [[path for path in paths if path.stem in common] for paths in files]
    if not files[0]:
        raise UnusableError(f"no picture of {first} has the name of one in {second}", "pairs have one name")
    levels = decode_levels(read_image_file(files[0][0]))
    channels, side = len(levels), nearest_size(min(levels.shape[1:]))
    pixels = [dict(_readable(paths, channels, side, say)) for paths in files]
    if paired:
        common = pixels[0].keys() & pixels[1].keys()
        pixels = [{name: of[name] for name in sorted(common)} for of in pixels]
    stacks = [np.stack(list(of.values())) if of else np.empty((0, channels, side, side), np.uint8) for of in pixels]
    return [name for of in pixels for name in of], Kinds(*stacks)


def _readable(paths: Iterable[Path], channels: int, side: int, say: Say) -> Iterator[tuple[str, np.ndarray]]:
    """Name and pixels, (C, side, side) uint8, of each picture that can be read; `say` reports the others."""
    for path in paths:
        try:
            image = decode_image(read_image_file(path), channels)
        except NightscoreError as error:
            say(f"{path} was passed over: {error}")
            continue
        yield path.stem, resize(image[None], side)[0]


def _split(kinds: Kinds) -> tuple[Kinds, Kinds]:
    """The images to learn from, and those held out; few are learned from and measured both."""
    parts = []
    for images in (kinds.first, kinds.second):
        is_held_out = np.arange(len(images)) % HELD_OUT == 0
        few = len(images) < 2 * HELD_OUT
        parts.append((images, images) if few else (images[~is_held_out], images[is_held_out]))
    return Kinds(parts[0][0], parts[1][0]), Kinds(parts[0][1], parts[1][1])


def read_translator(path: Path) -> TrainedTranslator:
    """The translator in a file. NotThereError when there is none, UnusableError when it is something else."""
    if not path.is_file():
        raise NotThereError(f"there is no file {path}", "run: nightscore train-translator")
    return from_bytes(path.read_bytes(), str(path))


def translate_pictures(translator: TrainedTranslator, source: Path, out: Path, back: bool, say: Say) -> str:
    """Write each picture of a folder, or a single one, as the other kind into the folder `out`; in words what was done.

    Pictures are brought to the side that was learned. Each PNG says in its text that it is synthetic. NotThereError
    when there is no picture, UnusableError where no way back was learned.
    """
    channels, side, _ = translator.card.network.image
    kinds = translator.card.kinds[::-1] if back else translator.card.kinds
    text = {"synthetic": "true", "software": "nightscore", "translated": f"{kinds[0]} to {kinds[1]}"}
    out.mkdir(parents=True, exist_ok=True)
    paths, written = pictures_at(source), 0
    for name, image in _readable(paths, channels, side, say):
        other = translated(translator.network, image[None], back)[0]
        _writer(out / f"{name}.png")(encode_png(other, text))
        written += 1
    if not written:
        raise NotThereError(f"none of {len(paths)} files at {source} was translated", "the lines above say why of each")
    return f"translated {written} of {len(paths)} pictures, {kinds[0]} to {kinds[1]}, {side} pixels a side: {out}"
