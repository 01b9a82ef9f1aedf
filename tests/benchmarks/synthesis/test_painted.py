import io

import numpy as np
from PIL import Image

from benchmarks.images.defects_data import Parts
from benchmarks.synthesis.painted import page_of, painted, rows_of
from sensors_data.defects.paint import KINDS


def parts() -> Parts:
    """Eight brushed parts, of which two have a dark spot."""
    x = np.random.default_rng(0).integers(90, 160, (8, 1, 48, 48), dtype=np.uint8)
    x[6:, :, 20:26, 20:26] = 0
    return Parts(x, np.arange(8) >= 6, x[:, 0] == 0)


def test_a_page_has_a_row_for_every_painted_and_every_real_kind():
    rows = rows_of(parts(), np.array(["good"] * 6 + ["pit", "burr"]), 2, 1.0, 0)
    assert list(rows) == [*KINDS, "real: burr", "real: pit"]
    assert {len(images) for name, images in rows.items() if not name.startswith("real")} == {2}
    for form, name in (("png", "PNG"), ("jpg", "JPEG")):
        with Image.open(io.BytesIO(page_of(rows, 2, form))) as page:
            assert page.format == name


def test_the_same_seed_paints_the_same_defect_on_the_page():
    good = parts().x[:6]
    first, again, other = (painted(good, "scratch", number, 1.0, 0) for number in (3, 3, 4))
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, other.image)
