"""Whatever a mail is made of, it is read, and harms nobody who looks."""

import pytest

from tests.ops.catcher.client import Catcher, mail


async def test_a_folded_subject_is_one_line_without_the_fold(catcher: Catcher) -> None:
    await catcher.send(b"Subject:\r\n Out of hours:\r\n enquiry\r\n\r\nhi")
    assert (await catcher.mails())[0]["subject"] == "Out of hours: enquiry"


HOSTILE = {
    "markup in every header": b"From: <script>1</script>\r\nSubject: </title><script>alert(1)</script>\r\n\r\nhi",
    "markup behind an encoded word": b"Subject: =?utf-8?q?=3Cscript=3Ealert(1)=3C/script=3E=0A=0D?=\r\n\r\nhi",
    "markup in the text": b"Subject: s\r\n\r\n</pre><script>alert(1)</script>",
    "bytes that are no text": b"Subject: \xff\xfe\x80\r\nFrom: \xed\xa0\x80\r\n\r\n\x00\xff\xed\xa0\x80",
    "a charset nobody knows": b"Subject: s\r\nContent-Type: text/plain; charset=klingon\r\n\r\nhello",
    "half a letter": b"Subject: s\r\nContent-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800",
    "a header whose name is no text": b"Subject: s\r\nX-\xff: \xff\r\n\r\nhi",
    "broken base64": b"Subject: s\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=\r\n",
    "a broken address": b'Subject: s\r\nFrom: =?\xff?=<@>,,;:::<<\r\nTo: "\r\n\r\nhi',
    "no headers at all": b"\r\nhello",
    "nothing": b"",
    "no end of parts": b"Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n",
    "a mail in a mail in a mail": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(2000)
    ),
    "a message without a message": b"Subject: s\r\nContent-Type: message/rfc822\r\n\r\n",
    "text that is a calendar": b"Subject: s\r\nContent-Type: multipart/related\r\n\r\nhi",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_mail_harms_neither_the_pages_nor_the_json(catcher: Catcher, raw: bytes) -> None:
    await catcher.send(raw)
    await catcher.send(mail("after"))
    hostile, after = await catcher.mails()
    assert after["subject"] == "after"
    for page in ("/", f"/messages/{hostile['id']}"):
        answer = await catcher.web.get(page)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for part in ("html", "raw"):
        assert (await catcher.web.get(f"/messages/{hostile['id']}/{part}")).status_code == 200
