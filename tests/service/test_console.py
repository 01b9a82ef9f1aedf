"""What stands in a file or a pipe while a long job runs."""

from service import console
from service.console import ProgressLines, progress_bar, training_progress_in


def test_progress_becomes_lines_with_the_time_left_where_there_is_no_terminal(capsys):
    assert isinstance(progress_bar(), ProgressLines)
    clock = iter(range(0, 1000, 4))
    with ProgressLines(lambda: float(next(clock))) as progress, training_progress_in(progress) as begin:
        tell = begin("pump")
        for epoch in range(1, 9):
            tell(epoch, 8, "1.2 nats")
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert told.out == ""
    assert 2 <= len(lines) < 8  # not one a step
    assert lines[0].startswith("train pump: ")
    assert " of 8" in lines[0]
    assert lines[-1].endswith("left, 1.2 nats") or lines[-1].startswith("train pump: 8 of 8")


def test_quiet_tells_nothing(monkeypatch, capsys):
    monkeypatch.setattr(console.aside, "quiet", True)
    with progress_bar() as progress:
        bar = progress.add_task("ingest", total=3, note="")
        progress.advance(bar, 3)
    assert capsys.readouterr() == ("", "")
