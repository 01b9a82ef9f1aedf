"""Changed files and settings from outside: each is taken or refused in words, soon, in little memory."""

import io
import json
import random
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from attacked_plant import CAMERA, FAMILY, LAST
from mutations import as_parquet, changed, changed_json, json_of
from PIL import Image

from sensors_data.errors import UnusableError
from sensors_data.images.annotations.apply import annotated
from sensors_data.images.files import camera_image
from sensors_data.images.inbox import camera_files
from sensors_data.series.bridge.messages import Reader
from sensors_data.series.files.file_source import forget_files
from sensors_data.series.sources.kinds import read_day
from sensors_data.series.understanding.discover import discover
from sensors_data.settings import Settings, load
from service.schedule.request import run_request

pytestmark = pytest.mark.filterwarnings("default")  # as users run it


def forms(text: bytes, frame: pd.DataFrame) -> list[bytes]:
    """The same readings with other marks, and as one row a value."""
    german = frame.to_csv(sep=";", decimal=",", index=False).encode("cp1252")
    long = frame.melt(["time", "asset"]).to_csv(index=False).encode("utf-16")
    return [text, german, long, b"# made by a logger\n\n" + text.replace(b"\n", b"\r\n")]


def test_changed_text_files_of_a_day(attack, plant, text, frame, tmp_path):
    path = tmp_path / f"oven-{LAST}.csv"
    family = plant.family(FAMILY).model_copy(update={"inbox": str(tmp_path / "oven-{day}.csv")})

    def take(data: bytes) -> None:
        path.write_bytes(data)
        forget_files()
        read_day(family, LAST)

    attack("text files of a day", 3000, [text, text.replace(b"\n", b"\r\n")], take)


def test_changed_parquet_files_of_a_day(attack, plant, frame, tmp_path):
    path = tmp_path / f"oven-{LAST}.parquet"
    family = plant.family(FAMILY).model_copy(update={"inbox": str(tmp_path / "oven-{day}.parquet")})

    def take(data: bytes) -> None:
        path.write_bytes(data)
        forget_files()
        read_day(family, LAST)

    typed = frame.assign(time=pd.to_datetime(frame["time"]))
    attack(
        "Parquet files of a day",
        3000,
        [as_parquet(frame), as_parquet(typed), as_parquet(frame.set_index("time"))],
        take,
    )


ROWS = "".join(f'<row time="{LAST}T{h:02d}:00Z" asset="a"><flow>{h}.5</flow><w>1</w></row>' for h in range(24))
METER = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/ReadingType/1"/><content><ReadingType>
<powerOfTenMultiplier>-3</powerOfTenMultiplier><uom>72</uom></ReadingType></content></entry><entry>
<link href="/MeterReading/1/IntervalBlock/1"/><content><IntervalBlock>{}</IntervalBlock></content></entry></feed>"""
READING = "<IntervalReading><timePeriod><start>{}</start></timePeriod><value>{}</value></IntervalReading>"
CELL = '<Cell ss:Index="{}"><Data>{}</Data></Cell>'
BOOK = """<?xml version="1.0"?><Workbook xmlns:ss="urn:s"><Worksheet><Table>{}</Table></Worksheet></Workbook>"""


HOURS = [f"{LAST}T{hour:02d}:00:00" for hour in range(24)]
FLOWS = [f"{hour**2 % 17}.5" for hour in range(24)]
LVM = (
    "LabVIEW Measurement\t\nSeparator\tTab\nX_Columns\tOne\nDate\t2026/02/02\nTime\t00:00:00,0\n"
    "***End_of_Header***\t\n\t\n"
    "Channels\t2\t\t\nSamples\t24\t24\t\nDate\t2026/02/02\t2026/02/02\t\nTime\t00:00:00,0\t00:00:00,0\t\nX0\t0\t0\t\n"
    "Delta_X\t60\t60\t\n***End_of_Header***\t\t\t\nX_Value\ttemp\tflow\tComment\n"
)
FRONIUS = {"Start": HOURS[0], "End": HOURS[-1], "NodeType": 97, "Data": {
    name: {"Unit": "W", "Values": {str(3600 * n): n * size for n in range(24)}} for name, size in (("a", 3), ("b", 5))
}}  # fmt: skip
STREAM = (
    '<?xml version="1.0"?><MTConnectStreams><Streams><DeviceStream name="m"><Samples>{}</Samples>'
    "</DeviceStream></Streams></MTConnectStreams>"
)
DUMP = "-- dump\nCREATE TABLE r (at datetime, flow real);\nINSERT INTO r VALUES {};\n"
FLUX = (
    "#group,false,false,true,false\n#datatype,string,long,dateTime:RFC3339,double\n#default,mean,,,\n"
    ",result,table,_time,_value\n"
)
RULED = "at                  flow\n------------------- -----\n"
MERGED = "Date,Time,flow\n"
STUDIO = "Studio 5000 Trend File\nTrendTags,1\nStart Time,02/02/2026 00:00:00;000\nHeader:,Date,Time,flow\n"
DIVER = "Data file for DataLogger.\n=====\n[Channel 1]\nIdentification=temp\n[Channel 2]\nIdentification=flow\n[Data]\n"


def loggers() -> list[bytes]:
    """A day of a sensor or two, as loggers, inverters, controllers and databases write it."""
    rows = list(zip(HOURS, FLOWS, strict=True))
    item = '<Flow dataItemId="flow" timestamp="{}Z">{}</Flow>'
    texts = (
        LVM + "".join(f"{60 * n}\t{n}.5\t{flow}\n" for n, (_, flow) in enumerate(rows)),
        "".join(f"{time} temp={n}.5 flow={flow}\n" for n, (time, flow) in enumerate(rows)),
        STUDIO + "".join(f"Data,02/02/2026,{time[11:]};000,{flow}\n" for time, flow in rows),
        STREAM.format("".join(item.format(*row) for row in rows)),
        DUMP.format(",".join(f"('{time}',{flow})" for time, flow in rows)),
        FLUX + "".join(f",,0,{time}Z,{flow}\n" for time, flow in rows),
        RULED + "".join(f"{time} {flow:<5}\n" for time, flow in rows),
        MERGED + "".join(f"{time[:10] if not n else ''},{time[11:]},{flow}\n" for n, (time, flow) in enumerate(rows)),
        DIVER
        + "".join(f"{time[:10].replace('-', '/')} {time[11:]}.0 {n}.5 {flow}\n" for n, (time, flow) in enumerate(rows)),
    )
    return [json_of(FRONIUS), *(text.encode() for text in texts)]


def marked_up(frame: pd.DataFrame) -> list[bytes]:
    """The readings as rows of XML, of a meter's feed, of a workbook of Excel 2003, and of a page."""
    meter = METER.format("".join(READING.format(1773360000 + 3600 * hour, 900 + hour**2 % 17) for hour in range(24)))
    rows = [[CELL.format(n, x) for n, x in enumerate(row, 1)] for row in (frame.columns, *frame.astype(str).to_numpy())]
    book = BOOK.format("".join(f"<Row>{''.join(row)}</Row>" for row in rows))
    page = frame.to_html(index=False)
    return [text.encode() for text in (f"<?xml version='1.0'?><rows>{ROWS}</rows>", meter, book, page)]


def zipped(**files: bytes) -> bytes:
    """A zip archive of files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return sink.getvalue()


def changed_within(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """A zip archive that is changed itself, or one of whose files is."""
    if rng.random() < 0.3:
        return changed(data, rng, other)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(files))
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for kept, content in files.items():
            archive.writestr(kept, changed(content, rng) if kept == name else content)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("ending", "full"), [("csv", 1000), ("json", 1000), ("xlsx", 500), ("xml", 1000), ("zip", 500), ("log", 2000)]
)
def test_changed_files_that_settings_are_made_from(attack, text, frame, tmp_path, ending, full):
    book = io.BytesIO()
    frame.to_excel(book, index=False)
    rows = frame.to_json(orient="records").encode()
    seeds = {
        "csv": forms(text, frame),
        "json": [rows, rows.replace(b"},{", b"}\n{")[1:-1]],
        "xlsx": [book.getvalue()],
        "xml": marked_up(frame),
        "log": loggers(),
        "zip": [zipped(plant_csv=text), zipped(a_csv=text, b_csv=text.replace(b"oven", b"kiln"))],
    }
    path = tmp_path / f"plant.{ending}"

    def take(data: bytes) -> None:
        path.write_bytes(data)
        forget_files()
        discover(path)

    change = changed_within if ending in ("xlsx", "zip") else changed
    attack(f"init from {ending}", full, seeds[ending], take, change)


def test_changed_messages_of_a_broker(attack):
    reader, now = Reader("{asset}/{sensor}"), datetime(2026, 3, 13, tzinfo=UTC)
    seeds = [b"1.5", b'{"value": 1.5, "time": "2026-03-13T01:00:00Z"}', b'{"value": true}']
    attack("messages of a broker", 1000, seeds, lambda data: reader.rows("oven-1/power", data, now))


COCO = {
    "images": [{"id": 1, "file_name": "p.png", "width": 40, "height": 40}],
    "categories": [{"id": 1, "name": "scratch"}],
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [[1, 1, 9, 1, 9, 9]]}],
}
TABLE = b"file,label\np.png,scratch\n"
VOC = b"""<annotation><size><width>40</width><height>40</height></size><object><name>scratch</name><bndbox>
<xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>"""


@pytest.mark.parametrize(
    ("ending", "seed"), [("json", json_of(COCO)), ("xml", VOC), ("txt", b"0 0.5 0.5 0.1 0.2\n"), ("csv", TABLE)]
)
def test_changed_annotations_of_pictures(attack, plant, tmp_path, ending, seed):
    folder = tmp_path / "inbox"
    folder.mkdir()
    Image.new("L", (40, 40), 90).save(folder / "p.png")
    camera = plant.camera(CAMERA).model_copy(update={"inbox": str(folder)})

    def take(data: bytes) -> None:
        (folder / f"p.{ending}").write_bytes(data)
        annotated(camera_files(camera), camera)

    attack(f"annotations in {ending}", 250, [seed], take)


def test_changed_pictures(attack, plant):
    image = Image.effect_noise((40, 40), 60)
    seeds = []
    for kind in ("PNG", "JPEG", "TIFF", "BMP", "GIF"):
        sink = io.BytesIO()
        image.convert("RGB" if kind == "JPEG" else "L").save(sink, kind)
        seeds.append(sink.getvalue())
    camera = plant.camera(CAMERA)
    known = [seed for seed in seeds if _is_read(seed, camera)]
    assert len(known) >= 2
    attack("pictures", 3000, known, lambda data: camera_image(data, camera))


def _is_read(data: bytes, camera: object) -> bool:
    try:
        camera_image(data, camera)
    except UnusableError:
        return False
    return True


def test_changed_settings(attack, plant, tmp_path):
    text = (Path(plant.store).parent / "settings.toml").read_bytes()
    path = tmp_path / "settings.toml"

    def take(data: bytes) -> None:
        path.write_bytes(data)
        load(path)

    attack("settings", 3000, [text], take)


def test_changed_wishes_of_a_run(attack, plant):
    seeds = [json_of({"day": str(LAST), "family": FAMILY}), json_of({"camera": CAMERA})]

    def change(data: bytes, rng: random.Random, _: bytes) -> bytes:
        found = changed_json(json.loads(data), rng)
        return json_of(found if isinstance(found, dict) else {"day": found})

    attack(
        "wishes of a run", 500, seeds, lambda data: run_request(plant, json.loads(data), LAST, date(2027, 1, 1)), change
    )


def test_settings_know_their_own_plant(plant: Settings):
    """The attacks above start from what is read."""
    assert plant.family(FAMILY).sensor_names == ("temperature", "power")
