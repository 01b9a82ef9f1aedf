"""The runbook in the service is the one of the docs."""

import pytest

from service.pages.runbook_page import SOURCE, TARGET, runbook_html

pytest.importorskip("markdown")


def test_the_page_is_made_of_the_runbook_of_the_docs():
    assert TARGET.read_text() == runbook_html(SOURCE.read_text()), "run: python -m service.pages.runbook_page"
    assert '<h2 id="anomalyfound">AnomalyFound</h2>' in TARGET.read_text()
