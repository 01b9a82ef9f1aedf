"""The REST interface: what it answers of the store, and how it tells what is wrong."""

import io
import json
from datetime import timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sensors_data.model_files import ModelCatalogue, ModelFile
from sensors_data.settings import Settings
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from sensors_data.tables.shares import SHARES, shares_in_words
from service.api.app import merged

DAY = START + timedelta(days=7)
SCORED = [START + timedelta(days=number) for number in (5, 6, 7, 8)]
TOKEN = "a-token-for-the-tests-only"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def pages(client, address, limit):
    """All pages of an answer, row by row, and how many pages there were."""
    rows, cursor, count = [], "", 0
    while cursor is not None:
        found = client.get(f"{address}&limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json()
        rows += found["rows"]
        cursor, count = found["next"], count + 1
    return rows, count


def test_pages_of_json_csv_and_parquet_hold_the_same_rows(client, nightly, frame_of):
    address = f"/v1/scores?family=oven&from={SCORED[0]}&to={SCORED[-1]}"
    expected = pd.concat([nightly("scores", day) for day in SCORED])
    rows, count = pages(client, address, 100)
    assert len(rows) == len(expected)
    assert count == -(-len(expected) // 100)
    whole = pq.read_table(io.BytesIO(client.get(f"{address}&format=parquet").content)).to_pandas()
    order = ["asset", "time"]
    expected = expected.sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(whole.sort_values(order, ignore_index=True), expected, check_exact=True)
    given = frame_of(rows, expected).sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(given, expected, check_exact=True)
    text = pd.read_csv(io.BytesIO(client.get(f"{address}&format=csv").content))
    assert text["score"].notna().sum() == expected["score"].notna().sum()


def test_rows_are_filtered_by_asset_sensor_and_whether_they_are_over(client, nightly):
    day = SCORED[0]
    expected = nightly("sensor_scores", day)
    wanted = (expected["asset"] == "oven-3") & (expected["sensor"] == "power")
    rows, _ = pages(client, f"/v1/sensor-scores?family=oven&from={day}&asset=oven-3&sensor=power", 1000)
    assert len(rows) == int(wanted.sum()) > 0
    over, _ = pages(client, f"/v1/scores?family=oven&from={SCORED[0]}&to={SCORED[-1]}&over=true", 1000)
    assert len(over) == sum(int(nightly("scores", day)["is_anomaly"].sum()) for day in SCORED)
    assert client.get(f"/v1/scores?family=oven&from={day}&asset=nobody").json()["rows"] == []
    newest = client.get("/v1/scores?family=oven").json()
    assert newest["from"] == newest["to"] == str(SCORED[-1])


def test_families_assets_models_and_cards_say_what_the_store_holds(client, plant, nightly):
    (family,) = client.get("/v1/families").json()
    assert (family["family"], family["step_s"], family["days_scored"], family["newest_day"]) == (
        "oven",
        600,
        len(SCORED),
        str(SCORED[-1]),
    )
    assert {sensor["sensor"] for sensor in family["sensors"]} == set(plant.family("oven").sensor_names)
    assets = client.get(f"/v1/assets?family=oven&day={DAY}").json()
    scores = nightly("scores", DAY)
    assert [row["asset"] for row in assets] == ["oven-1", "oven-3"]
    assert assets[0]["worst_score"] == scores[scores["asset"] == "oven-1"]["score"].max()
    models = client.get("/v1/models").json()
    first = models[0]
    card = client.get(f"/v1/models/series/oven/{first['trained_through']}").json()
    assert (card["family"], card["trained_through"]) == ("oven", first["trained_through"])
    assert card["format"] >= 1
    missing = client.get("/v1/models/series/oven/2020-01-01")
    assert (missing.status_code, missing.json()["remedy"]) == (404, "list them: GET /v1/models")


@pytest.mark.parametrize("kind", ["series", "images", "generators"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_card_of_every_kind_is_told_as_it_stands_in_its_file(own, copied, kind, accepted):
    told = {"format": 2, "camera": "press", "shown": 1000}
    header = json.dumps({"__metadata__": {"card": json.dumps(told)}}).encode()
    model = ModelFile(kind, "press", DAY, accepted)
    ModelCatalogue(Store(copied.store)).keep(model, len(header).to_bytes(8, "little") + header)
    answer = own.get(f"/v1/models/{kind}/press/{DAY}")
    assert (answer.status_code, answer.json()) == (200, told)
    rows = [row for row in own.get("/v1/models").json() if row["name"] == "press"]
    assert rows == [{"kind": kind, "name": "press", "trained_through": str(DAY), "accepted": accepted}]


def test_the_sensors_of_an_anomaly_are_a_list_in_json_and_text_in_csv(client, plant):
    store = Store(plant.store)
    days = [day for day in SCORED if len(store.read("anomalies", family="oven", day=day))]
    address = f"/v1/anomalies?family=oven&from={days[0]}&to={days[0]}"
    expected = store.read("anomalies", family="oven", day=days[0])["sensors"]
    rows = client.get(address).json()["rows"]
    assert [row["sensors"] for row in rows] == [list(shares) for shares in expected]
    text = pd.read_csv(io.BytesIO(client.get(f"{address}&format=csv").content))
    assert text["sensors"].tolist() == [shares_in_words(shares) for shares in expected]
    whole = pq.read_table(io.BytesIO(client.get(f"{address}&format=parquet").content))
    assert whole.schema.field("sensors").type == SHARES


PROBLEMS = [
    ("/v1/scores", 422, "family", None),
    ("/v1/scores?family=kiln", 404, None, "add [families.kiln]"),
    ("/v1/scores?family=oven&from=yesterday", 422, "from", "GET /docs"),
    ("/v1/scores?family=oven&limit=0", 422, "limit", "GET /docs"),
    ("/v1/scores?family=oven&cursor=../../x", 422, "cursor", "GET /docs"),
    ("/v1/scores?family=oven&from=2026-03-09&to=2026-03-01", 422, "to", "exchange the two"),
    ("/v1/anomalies?family=oven&severity=awful", 422, "severity", "GET /docs"),
    ("/v1/models/pickles/oven/2026-03-06", 422, "kind", "GET /docs"),
    ("/v1/image-scores?camera=press", 404, None, "add [cameras.press]"),
    ("/v1/report?day=2020-01-01", 404, "day", "nightscore report --day 2020-01-01"),
    ("/v1/nothing", 404, None, "GET /docs"),
]


@pytest.mark.parametrize(("address", "status", "field", "remedy"), PROBLEMS, ids=[p[0] for p in PROBLEMS])
def test_a_problem_names_field_and_remedy(client, address, status, field, remedy):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("field") == field
    assert remedy is None or remedy in problem["remedy"]
    assert problem["title"]


TRAVERSALS = [
    prefix + up * depth + target + end
    for prefix in ("", "oven/", "/", "oven%00")
    for up in ("../", "..\\", "%2e%2e/", "..%2f", "....//")
    for depth in (1, 3, 8)
    for target in ("etc/passwd", "settings.toml", "models/series/oven/2026-03-06.safetensors")
    for end in ("", "%00", "%00.parquet")
]


def test_no_id_leads_out_of_the_store(client):
    addresses = ("/v1/models/series/{}/2026-03-06", "/v1/scores?family={}", "/v1/incidents/{}")
    tried = 0
    for number, path in enumerate(TRAVERSALS):
        address = addresses[number % len(addresses)].format(path)
        answer = client.get(address) if "incidents" not in address else client.delete(address, headers=BEARER)
        assert answer.status_code in (404, 405, 422), (address, answer.status_code)
        assert b"[families" not in answer.content.replace(b"add [families", b"")
        assert b"root:" not in answer.content
        tried += 1
    assert tried >= 500


def test_an_empty_store_says_what_to_do_next(tmp_path, client_of):
    client = client_of(Settings(store=str(tmp_path / "none")))
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["remedy"]) == (503, "run: nightscore init --from FILE")
    assert client.get("/v1/families").json() == client.get("/v1/models").json() == []
    assert client.get("/metrics").text == ""


def test_metrics_of_several_files_stand_under_one_head_each(client):
    one, other = ('# HELP a About.\n# TYPE a gauge\na{family="NAME"} 1\n'.replace("NAME", name) for name in ("x", "y"))
    assert merged([one, other]) == '# HELP a About.\n# TYPE a gauge\na{family="x"} 1\na{family="y"} 1\n'
    assert "nightscore_scored_rows" in client.get("/metrics").text


def test_the_description_lists_every_address_and_asks_nothing_of_another_host(client):
    page = client.get("/docs").text
    described = client.get("/openapi.json").json()
    assert all(path in page for path in described["paths"])
    assert "src=" not in page
    assert all(method.get("summary") for path in described["paths"].values() for method in path.values())


def test_the_report_of_a_night_is_served(own, copied):
    from service.report import report

    report(copied, DAY)
    assert f"Night of {DAY}" in own.get(f"/v1/report?day={DAY}").text
