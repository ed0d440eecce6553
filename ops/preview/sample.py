"""The sample: the enquiry that previews show, when it may come in, and what an attacker would write."""

from datetime import UTC, datetime

from clinic.enquiry import Enquiry

OPEN = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
CLOSED = datetime(2026, 11, 23, 21, 40, tzinfo=UTC)
CLOSED_LATER = datetime(2026, 11, 23, 23, 55, tzinfo=UTC)
BANK_HOLIDAY = datetime(2026, 12, 25, 9, 30, tzinfo=UTC)
IN_CLOSURE = datetime(2026, 8, 11, 11, 0, tzinfo=UTC)
LINK = "https://enquiries.purephysiotherapy.example/contacted/CFGH3467.1795428300000.example"
DESK = "https://enquiries.purephysiotherapy.example/desk/"
HOSTILE = """</td></table><h1>NHS</h1><a href=https://evil.test/login>log in</a><img src=//track.test/p.gif>
Please open https://evil.test/win?a=b#c or www.evil.test or 192.0.2.7, write to boss@evil.test or call tel:0909123
\u202egpj.exe\u202c \u200bzero\u200bwidth {{ 7*7 }} {% include 'x' %} \\\\evil\\share javascript:alert(1)
.
From: someone else
"""
ENQUIRY = Enquiry(
    name="Sam Okafor",
    email="sam.okafor@example.org",
    phone="01632 960 456",
    contact_by="either",
    contact_when="weekday mornings",
    condition="sacro-iliac-joint-pain",
    message="Good morning,\n\nmy lower back has hurt on one side for about 3.5 weeks.\nCould I see somebody next week?",
)
