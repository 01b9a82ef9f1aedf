"""Every benchmark that a page or a docstring names can be run, and the index of the benchmarks names each one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INDEX = ROOT / "benchmarks" / "README.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", INDEX, *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = sorted(path for room in ("benchmarks", "service", "docs/hooks") for path in (ROOT / room).rglob("*.py"))
NAMED = re.compile(r"python -m (benchmarks(?:\.[a-z_]+)+)")
WITH_OPTIONS = re.compile(NAMED.pattern + r"((?:(?!python -m|`|\n\n).)*)", re.DOTALL)
MAIN = 'if __name__ == "__main__":'


def source_of(command: str) -> Path:
    """The file that `python -m` runs for a dotted name; it may not exist."""
    path = ROOT / command.replace(".", "/")
    return path / "__main__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize("page", [*PAGES, *SOURCES], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_benchmark_command_of_a_text_can_be_run(page):
    commands = set(NAMED.findall(page.read_text(encoding="utf-8")))
    assert [c for c in commands if not source_of(c).is_file() or MAIN not in source_of(c).read_text()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_option_of_a_benchmark_command_is_one_of_it(page):
    for command, options in WITH_OPTIONS.findall(page.read_text(encoding="utf-8")):
        source = source_of(command).read_text(encoding="utf-8")
        names = re.findall(r"(?<![\w-])--([a-z][\w-]*)", options)
        known = [name for name in names if f'"--{name}"' in source or f"{name.replace('-', '_')}: Annotated" in source]
        assert known == names, command


def test_the_index_names_every_benchmark_once():
    modules = [path for path in (ROOT / "benchmarks").rglob("*.py") if MAIN in path.read_text(encoding="utf-8")]
    commands = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__") for path in modules}
    rows = re.findall(r"^\|[^|]*\| `(benchmarks[.\w]*)` \|", INDEX.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(commands)
