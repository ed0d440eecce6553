"""Templates: values are escaped where they must be, templates are kept in their sandbox, faults have one name."""

from pathlib import Path

import jinja2
import pytest

from clinic.templates import MailTemplates, Rendered, TemplateFault, pages

HTML = "<!doctype html><html><head><style>p { color: red }</style></head><body><p>{{ word }}</p></body></html>"


def rendered(
    folder: Path, *, subject: str = "Hello", text: str = "{{ word }}", html: str = HTML, word: object = "<b>&"
) -> Rendered:
    """Write a mail and return it rendered."""
    (folder / "note").mkdir(exist_ok=True)
    for name, content in {"subject.txt": subject, "body.txt": text, "body.html": html}.items():
        (folder / "note" / name).write_text(content, encoding="utf-8")
    return MailTemplates(folder).render("note", {"word": word})


def test_the_html_is_escaped_and_the_text_is_not(tmp_path: Path) -> None:
    mail = rendered(tmp_path)
    assert mail.text == "<b>&\n"
    assert '<p style="color: red;">&lt;b&gt;&amp;</p>' in mail.html


def test_at_rules_stay_and_nothing_is_fetched(tmp_path: Path) -> None:
    link = '<link rel="stylesheet" href="http://127.0.0.1:9/none.css">'
    style = "<style>@media (prefers-color-scheme: dark) { p { color: white !important } }</style>"
    mail = rendered(tmp_path, html=f"<html><head>{link}{style}</head><body><p>x</p></body></html>")
    assert "@media (prefers-color-scheme: dark)" in mail.html


def test_lines_that_conditions_leave_empty_are_closed_up(tmp_path: Path) -> None:
    mail = rendered(tmp_path, text="one\n\n{% if false %}\nx\n{% endif %}\n\n\ntwo\n\n")
    assert mail.text == "one\n\ntwo\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{ wrod }}", "UndefinedError"),
        ("{{ word.missing }}", "UndefinedError"),
        ("{{ word.__class__ }}", "SecurityError"),
        ("{{ word.append(1) }}", "SecurityError"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
        ("{{ word + 1 }}", "TypeError"),
        ("{% if %}", "TemplateSyntaxError"),
        ("{% include '../../etc/passwd' %}", "TemplateNotFound"),
    ],
)
def test_a_fault_names_its_place_and_no_value(tmp_path: Path, text: str, kind: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        rendered(tmp_path, text=f"\n{text}", word=["secret of a patient"])
    assert kind in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    if kind in {"UndefinedError", "SecurityError"}:
        assert str(caught.value) == f"note/body.txt, line 2: {kind}"


@pytest.mark.parametrize("subject", ["", "  \n", "one\ntwo", "bell\x07", "right\u202eleft", "next\u0085line"])
def test_a_subject_is_one_plain_line(tmp_path: Path, subject: str) -> None:
    with pytest.raises(TemplateFault, match="subject"):
        rendered(tmp_path, subject=subject)


def test_a_missing_mail_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match="alert: TemplateNotFound"):
        MailTemplates(tmp_path).render("alert", {})


def test_pages_escape_and_refuse_what_they_do_not_know(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>{{ word }}</p>", encoding="utf-8")
    page = pages(tmp_path).get_template("page.html")
    assert page.render(word="<script>") == "<p>&lt;script&gt;</p>"
    with pytest.raises(jinja2.UndefinedError):
        page.render()
