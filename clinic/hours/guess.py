"""Guesses what an owner meant by hours in another form: "Mon-Sat 8am-8pm" is "Mo-Sa 08:00-20:00".

A guess is only ever shown beside the fault, never used in place of what is written.
"""

import re

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_SPOKEN_DAY = re.compile(r"(?i)\b(mo|tu|we|th|fr|sa|su)(?:n|e|es|d|u|ur|urs|i|t|tur|nes)?(?:day)?s?\b")
_SPOKEN_TIME = re.compile(r"(?i)(?<![\d:])(\d{1,2})(?:[:.]?([0-5]\d))?\s*(am|pm)?(?![\d:])")
_HOLIDAY_RULE = re.compile(r"(?i)(?:^|;)\s*[PS]H\s+(?:off|closed)\s*(?=;|$)")


def guessed_week(text: str) -> str | None:
    """The hours of a week as the file takes them, if anything had to be changed; they may still be invalid."""
    guess = _HOLIDAY_RULE.sub("", text).strip("; \t\n")
    guess = _respelt(guess)
    guess = re.sub(r"(?<=\d\d)[, ]+(?=[A-Z])", "; ", guess)
    if re.match(r"\d", guess):
        guess = f"Mo-Su {guess}"
    return None if guess == text else guess


def guessed_times(text: str) -> str | None:
    """The hours of a day as the file takes them, if anything had to be changed; they may still be invalid."""
    guess = _respelt(text.strip("; \t\n"))
    return None if guess == text else guess


def _respelt(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(rf"\s*(?:[{DASHES}]|\bto\b|\buntil\b)\s*", "-", text)
    text = re.sub(r"\s*(?:&|\band\b)\s*", ",", text)
    text = re.sub(r"\s*([-,])\s*", r"\1", text)
    text = re.sub(r"(?i)\b(?:midday|noon)\b", "12:00", text)
    text = re.sub(r"(?i)-midnight\b", "-24:00", text)
    text = _SPOKEN_DAY.sub(lambda match: match[1].capitalize(), text)
    text = re.sub(r"(?<=[a-z]),(?=\d)", " ", text)  # "Saturday, 9am"
    return _SPOKEN_TIME.sub(_by_the_24_hour_clock, text)


def _by_the_24_hour_clock(match: re.Match[str]) -> str:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute:02}"
