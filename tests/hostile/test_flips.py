"""One bit of a file is flipped, of every kind of file that a store and its backups hold: none gives a figure."""

from collections import Counter
from pathlib import Path

from sensors_data.audit import entries
from sensors_data.errors import DamagedError, NightscoreError
from sensors_data.store import Store
from sensors_data.upkeep.inventory import place_of
from sensors_data.upkeep.verify import verify


def kind_of(store: Store, path: str) -> str:
    """What a file is: its table or folder, of models their kind, and its ending."""
    place = place_of(store, path)
    what = "/".join(path.split("/")[:2]) if path.startswith("models/") else place.what if place else "none"
    return f"{what} {path.rpartition('.')[2]}"


def outcome(store: Store, path: str) -> str:
    """What reading a flipped file ends in."""
    try:
        entries(store) if path.startswith("audit/") else store.read_bytes(path)
    except DamagedError as error:
        return "named" if path.rpartition("/")[2] in str(error) else "refused without its name"
    except NightscoreError as error:
        return f"another refusal: {error}"[:80]
    return "silent"


def test_no_flipped_bit_of_any_kind_of_file_is_silent(site, sized, chance, tell):
    store, rng = Store(site.store), chance("flips")
    by_kind: dict[str, list[str]] = {}
    for path in store.all_files():
        by_kind.setdefault(kind_of(store, path), []).append(path)
    kinds, outcomes, unseen = sorted(by_kind), Counter[str](), []
    for number in range(sized(2000)):
        path = rng.choice(by_kind[kinds[number % len(kinds)]])
        file = Path(site.store, path)
        whole = file.read_bytes()
        place = rng.randrange(len(whole))
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << rng.randrange(8)]) + whole[place + 1 :])
        outcomes[outcome(store, path)] += 1
        finding = next(verify(store, [path]))
        if finding is None or finding.state != "damaged":
            unseen.append(f"{path} at byte {place} of {len(whole)}")
        file.write_bytes(whole)
    told = ", ".join(f"{count:,} {what}" for what, count in outcomes.most_common())
    tell(f"flips: {outcomes.total():,} over {len(kinds)} kinds of file: {told}; {len(unseen)} not seen by verify")
    assert set(outcomes) == {"named"}
    assert unseen == []
