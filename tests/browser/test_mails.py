"""The mails as a mail program shows them: nobody is shut out, light or dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from clinic.facts import read_facts
from clinic.settings import ROOT
from ops.preview import every

SHOWN = {
    *("confirmation-open", "confirmation-closed", "confirmation-site", "alert-closed", "alert-hostile"),
    *("undeliverable-rcpt-550", "digest-three", "digest-unread", "digest-waiting"),
}
MAILS = {case.name: case.mail() for case in every(read_facts(ROOT / "clinic.toml")) if case.name in SHOWN}
# Mails have no landmarks beyond <main>, and some programs drop even that.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(SHOWN))
def test_everybody_can_read_it(browser: Browser, name: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})  # type: ignore[arg-type]
    on = context.new_page()
    on.set_content(MAILS[name].html or "")
    found = Axe().run(on, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert on.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
