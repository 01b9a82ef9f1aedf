"""A report as PDF, by the browser of this machine."""

import re
import shutil

import pytest

from sensors_data.errors import NotThereError, StorageError, UnusableError
from service.paper import BROWSERS, print_pdf

PAGE = "<!doctype html><title>Night</title><p>pump-4 speed</p>"
needs_browser = pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no browser is installed")


def program(folder, script: str) -> None:
    (folder / "chromium").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "chromium").chmod(0o755)


@needs_browser
def test_a_document_is_printed_page_by_page(tmp_path):
    target = tmp_path / "night.pdf"
    two = PAGE + "<p style='break-before: page'>oven-2 power</p>"
    assert print_pdf(two, target) == f"wrote {target}"
    data = target.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 2


@needs_browser
def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"cannot write .*/none/night.pdf: No such file"):
        print_pdf(PAGE, tmp_path / "none" / "night.pdf")


def test_without_a_browser_it_says_which_would_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotThereError, match="no browser is installed that can print; install one of chromium"):
        print_pdf(PAGE, tmp_path / "night.pdf")


def test_a_browser_that_does_not_print_is_quoted_and_what_was_there_stays(tmp_path, monkeypatch):
    program(tmp_path, "echo 'no display here' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "night.pdf").write_bytes(b"earlier")
    with pytest.raises(UnusableError, match="did not print: no display here; print the page from a browser"):
        print_pdf(PAGE, tmp_path / "night.pdf")
    assert (tmp_path / "night.pdf").read_bytes() == b"earlier"
