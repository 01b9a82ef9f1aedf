from datetime import date, timedelta

import pandas as pd

from sensors_data.images.batches import for_augmentation
from sensors_data.provenance import Provenance
from sensors_data.store import Store

DAY = date(2026, 3, 10)


def test_only_batches_whose_gain_was_measured_are_for_augmentation(tmp_path):
    store = Store(str(tmp_path))
    verdicts = {0: True, 1: False, 2: None}
    for back, verdict in verdicts.items():
        names = ["gate"] if verdict is None else ["gate", "use"]
        passed = [True, verdict][: len(names)]
        row = {"generator": "eye@2026-03-01", "value": 1.0, "low": 0.0, "high": 0.0, "limit": 0.0, "images": 9}
        rows = pd.DataFrame(
            [
                {**row, "measure": n, "passed": p, "features": "", "reason": ""}
                for n, p in zip(names, passed, strict=True)
            ]
        )
        store.write("quality", rows, Provenance(job="test"), camera="eye", day=DAY - timedelta(days=back))
    days = [DAY - timedelta(days=back) for back in range(5)]
    assert for_augmentation(store, "eye", days) == [DAY]
    assert for_augmentation(store, "other", days) == []
