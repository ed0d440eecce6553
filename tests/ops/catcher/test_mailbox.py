"""The mailbox is a folder: what is in it is there in the next run, and what is deleted is off the disk."""

from pathlib import Path

import httpx

from ops.catcher.faults import Faults
from ops.catcher.inbox import inbox
from ops.catcher.mailbox import Mailbox
from tests.ops.catcher.client import PATIENT, RECEPTION, Catcher, SteppingClock, files, mail


async def test_mails_are_there_in_the_next_run_and_broken_files_are_passed_over(
    catcher: Catcher, tmp_path: Path
) -> None:
    await catcher.send(mail("kept"), [PATIENT, RECEPTION])
    (tmp_path / "20260101T000000000000-0000.json").write_text('{"id":')
    (tmp_path / "stray.json").write_bytes(files(tmp_path, "2026????T*-????.json")[-1].read_bytes())
    again = httpx.ASGITransport(inbox(Mailbox(tmp_path, SteppingClock()), Faults()))
    async with httpx.AsyncClient(transport=again, base_url="http://inbox") as web:
        assert (await web.get("/api/messages")).json() == await catcher.mails()
    (file,) = files(tmp_path, "*.eml")
    assert b"Subject: kept" in file.read_bytes()


async def test_a_mail_whose_file_was_removed_is_shown_empty(catcher: Catcher, tmp_path: Path) -> None:
    await catcher.send(mail())
    files(tmp_path, "*.eml")[0].unlink()
    assert (await catcher.mails())[0]["raw"] == ""
    assert (await catcher.web.get("/")).status_code == 200


async def test_deleting_forgets_every_mail_on_the_disk_too(catcher: Catcher, tmp_path: Path) -> None:
    await catcher.send(mail())
    assert (await catcher.web.delete("/api/messages")).status_code == 204
    assert await catcher.mails() == []
    assert files(tmp_path) == []
