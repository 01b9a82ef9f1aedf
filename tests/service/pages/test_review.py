"""Review as people use it: verdicts by key, in bulk, taken back; notes stay with their anomaly; nights judged again."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from sensors_data.provenance import Provenance
from sensors_data.series.incidents import past_incidents, read_incidents, withdraw
from sensors_data.simulation.plant import START
from sensors_data.store import Store

ID = "0" * 16
FAULT = START + timedelta(days=7)


def verdicts(settings) -> list[tuple[str, str, str]]:
    """What stands in the store of oven-1: kind, author, note."""
    rows = read_incidents(Store(settings.store), "oven")
    rows = rows[rows["kind"].isin(("confirmed", "dismissed")) & (rows["asset"] == "oven-1")]
    return rows[["kind", "author", "note"]].to_numpy().tolist()


def test_a_verdict_is_given_by_key_with_its_note_and_taken_back(opened, lived_in, good_to_see):
    page = opened(f"review?id={ID}")
    page.wait_for_selector("#curves canvas")
    assert page.inner_text("#what").startswith("oven-1: ")
    page.wait_for_selector("#lines li:has-text('power odd, warning')")
    good_to_see(page)
    page.keyboard.press("d")
    page.wait_for_selector("text=Say who you are first")
    page.fill("[name=author]", "Ann")
    page.fill("[name=note]", "cleaned")
    page.locator("[name=note]").press("Escape")
    page.keyboard.press("d")
    page.wait_for_selector("#said:has-text('dismissed')")
    assert verdicts(lived_in) == [["dismissed", "Ann", "cleaned"]]
    if page.locator("#queue li").count():
        assert page.input_value("[name=note]") == ""  # the note went with its anomaly
    page.keyboard.press("u")
    page.wait_for_selector("text=taken back: 1 verdict")
    assert verdicts(lived_in) == []
    page.wait_for_selector("#history li:has-text('dismissed by Ann: cleaned, taken back')")
    past = past_incidents(Store(lived_in.store), "oven")
    assert past["note"].tolist() == ["cleaned"]
    assert past["withdrawn"].iloc[0] - past["told"].iloc[0] < timedelta(minutes=5)


def test_all_that_are_shown_are_judged_at_once_and_the_nights_replayed(opened, lived_in):
    page = opened("review?family=oven")
    page.wait_for_selector("#queue li")
    many = page.locator("#queue li").count()
    page.fill("[name=author]", "Ann")
    page.click("#all")
    assert page.inner_text("#selected") == f"{many} selected"
    page.click("[data-kind=confirmed]")
    page.wait_for_selector(f"#said:has-text('{many} anomal')")
    page.select_option("[name=said]", "confirmed")
    assert page.locator("#queue li").count() == many
    page.click("text=Replay these nights")
    page.wait_for_selector("#outcome .note:has-text('thresholds oven@')")
    page.wait_for_function("!document.getElementById('accept').disabled")
    page.click("#undo")
    page.wait_for_selector("text=taken back")
    assert verdicts(lived_in) == []


def test_an_anomaly_is_assigned_by_key_and_found_by_the_persons_name(opened, lived_in):
    page = opened(f"review?id={ID}")
    page.wait_for_selector("#curves canvas")
    page.fill("[name=author]", "Ann")
    page.locator("[name=author]").press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("Bob")
    page.keyboard.press("Enter")
    page.wait_for_selector("#queue li[aria-current=true]:has-text('Bob looks at it')")
    page.wait_for_selector("#history li:has-text('assigned by Ann: Bob')")
    page.fill("[name=q]", "bob")
    page.wait_for_selector("#counts:has-text('1 of ')")
    rows = read_incidents(Store(lived_in.store), "oven").query("kind == 'assigned'")
    assert rows[["asset", "author", "note"]].to_numpy().tolist() == [["oven-1", "Ann", "Bob"]]
    withdraw(Store(lived_in.store), rows["incident"].iloc[0])


def test_an_anomaly_is_snoozed_and_woken_by_key_and_the_queue_says_so(opened, lived_in, good_to_see):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    page = opened(f"review?id={ID}")
    page.wait_for_selector("#curves canvas")
    assert page.is_hidden("#asleep")
    page.fill("[name=author]", "Ann")
    page.fill("[name=note]", "parts come")
    page.locator("[name=note]").press("Escape")
    page.keyboard.press("z")
    page.wait_for_selector(f"#said:has-text('1 anomaly snoozed until {tomorrow}')")
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("#asleep:has-text('1 snoozed')")
    assert page.locator(f"#queue li[data-id='{ID}']").count() == 0
    page.focus("#asleep")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#queue li:has-text('snoozed until {tomorrow} by Ann: parts come')")
    page.wait_for_selector(f"#history li:has-text('snoozed until {tomorrow} by Ann: parts come')")
    assert page.locator("#queue li").count() == 1
    good_to_see(page)
    page.keyboard.press("w")
    page.wait_for_selector("#said:has-text('1 anomaly back in the queue')")
    page.focus("#asleep")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#queue li[data-id='{ID}']")
    assert page.is_hidden("#asleep")
    assert "snoozed" not in set(read_incidents(Store(lived_in.store), "oven")["kind"])


def test_all_that_are_selected_are_snoozed_until_a_typed_day(opened, lived_in):
    page = opened("review?family=oven")
    page.wait_for_selector("#queue li")
    many = page.locator("#queue li").count()
    page.fill("[name=q]", "nobody")
    page.wait_for_selector("#none-left:has-text('No anomaly is left of this choice')")
    assert page.is_hidden("#verdict")
    page.fill("[name=q]", "")
    page.fill("[name=author]", "Ann")
    page.click("#all")
    page.select_option("[name=days]", "")
    page.click("text=Snooze z")
    page.wait_for_selector("#said:has-text('Name the day on which it is back')")
    day = datetime.now(UTC).date() + timedelta(days=30)
    page.fill("[name=day]", str(day))
    page.click("text=Snooze z")
    page.wait_for_selector(f"#asleep:has-text('{many} snoozed')")
    page.click("#asleep")
    page.click("#all")
    page.click("#wake")
    page.wait_for_selector("#said:has-text('back in the queue')")
    assert "snoozed" not in set(read_incidents(Store(lived_in.store), "oven")["kind"])


def test_before_the_first_night_review_says_what_comes_next(browser, serving, plant, tmp_path):
    with serving(plant.model_copy(update={"store": str(tmp_path / "store")})) as address:
        page = browser.new_page()
        page.goto(f"{address}/pages/review")
        assert "the anomalies of the first night will stand here" in page.inner_text("main .note:last-child")
        assert page.locator("main form").count() == 0
        page.close()


def test_what_was_said_before_of_a_machine_and_sensor_is_said_again_with_one_key(opened, lived_in):
    store = Store(lived_in.store)
    rows = store.read("anomalies", family="oven", day=FAULT)
    mine = rows[rows["anomaly_id"] == ID]
    early = mine.assign(
        anomaly_id="2" * 16, start=mine["start"] - timedelta(hours=4), end=mine["end"] - timedelta(hours=6)
    )
    store.write("anomalies", pd.concat([rows, early]), Provenance(job="test"), family="oven", day=FAULT)
    page = opened(f"review?id={'2' * 16}")
    page.wait_for_selector("#curves canvas")
    assert page.is_hidden("#same")
    page.fill("[name=author]", "Ann")
    page.fill("[name=note]", "door was open")
    page.locator("[name=note]").press("Escape")
    page.keyboard.press("d")
    page.wait_for_selector("#said:has-text('dismissed')")
    again = opened(f"review?id={ID}")
    again.wait_for_selector("#same:visible")
    again.keyboard.press("s")
    again.wait_for_selector("#said:has-text('1 anomaly dismissed')")
    assert verdicts(lived_in) == [["dismissed", "Ann", "door was open"]] * 2
    for incident in read_incidents(store, "oven").query("kind == 'dismissed'")["incident"]:
        withdraw(store, incident)
    store.write("anomalies", rows, Provenance(job="test"), family="oven", day=FAULT)


def test_what_is_odd_at_once_on_another_machine_is_selected_with_one_key(opened, lived_in):
    store = Store(lived_in.store)
    day = FAULT
    rows = store.read("anomalies", family="oven", day=day)
    mine = rows[rows["anomaly_id"] == ID]
    other = mine.assign(anomaly_id="1" * 16, asset="oven-3")
    store.write("anomalies", pd.concat([rows, other]), Provenance(job="test"), family="oven", day=day)
    page = opened(f"review?id={ID}")
    page.wait_for_selector("#queue li[aria-current=true]:has-text('at once on 2 machines')")
    page.wait_for_selector("#lines li:has-text('From the same time and for as long on oven-3: one cause is likely')")
    page.keyboard.press("g")
    page.wait_for_selector("#selected:has-text('2 selected')")
    store.write("anomalies", rows, Provenance(job="test"), family="oven", day=day)


def test_planned_work_that_lasts_excuses_the_machine_through_a_day(opened, lived_in):
    page = opened(f"review?id={ID}")
    page.wait_for_selector("#curves canvas")
    page.fill("[name=author]", "Ann")
    page.fill("[name=until]", str(FAULT + timedelta(days=3)))
    page.locator("[name=until]").press("Escape")
    page.keyboard.press("p")
    page.wait_for_selector("#said:has-text('planned')")
    rows = read_incidents(Store(lived_in.store), "oven")
    work = rows[(rows["kind"] == "planned") & (rows["author"] == "Ann")].iloc[0]
    assert work["asset"] == "oven-1"
    assert work["start"] == pd.Timestamp(FAULT, tz="UTC") + timedelta(hours=5)
    assert work["end"] == pd.Timestamp(FAULT, tz="UTC") + timedelta(days=4)
    page.keyboard.press("u")
    page.wait_for_selector("text=taken back: 1 verdict")
    assert "Ann" not in set(read_incidents(Store(lived_in.store), "oven")["author"])


def test_without_the_token_nothing_can_be_said(browser, served):
    page = browser.new_page()
    page.goto(f"{served}/pages/review?id={ID}")
    page.wait_for_selector("#curves canvas")
    assert "Writing takes the token" in page.inner_text(".note.bad")
    assert page.locator("[data-kind]:enabled").count() == 0
    page.fill("[name=author]", "Eve")
    page.locator("[name=author]").press("Escape")
    page.keyboard.press("c")
    page.wait_for_selector("#said:has-text('Writing takes the token')")
    page.close()
