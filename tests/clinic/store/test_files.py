"""What the desk and the digest read: however much was set aside, no patient is hidden behind it."""

import pytest

from clinic.store import Files, Gauges
from clinic.store.files import View
from tests.support.valkey import Client

SPAM = {f"SPAM{number:04}": number for number in range(2500)}
PATIENTS = {"CFGH3467": 1000.5, "CFGH3476": 9000}
NOW_MS = 5000


@pytest.fixture
async def files(redis: Client) -> Files:
    await redis.zadd("open", {**SPAM, **PATIENTS, "SPAMLATE": 8000})
    await redis.zadd("quarantined", {**SPAM, "SPAMLATE": 2600})
    return Files(redis)


@pytest.mark.parametrize(("view", "patient"), [("overdue", "CFGH3467"), ("open", "CFGH3476")])
async def test_a_wave_of_spam_hides_no_patient(files: Files, view: View, patient: str) -> None:
    assert await files.listed(view, NOW_MS, 50) == [patient]
    assert (await files.counts(NOW_MS))[view] == 1


async def test_the_monitor_counts_as_the_desk_lists(redis: Client, files: Files) -> None:
    reading = await Gauges(redis).read()
    at_ms = reading.at_ms
    for view, number in reading.views.items():
        assert number == len(await files.listed(view, at_ms, 5000)) == (await files.counts(at_ms))[view]
    assert reading.views["overdue"] == len(PATIENTS)


async def test_no_more_is_listed_than_is_wanted(redis: Client, files: Files) -> None:
    await redis.zadd("open", {f"CFGH34{number}": number for number in range(10, 40)})
    assert await files.listed("overdue", NOW_MS, 3) == ["CFGH3410", "CFGH3411", "CFGH3412"]


@pytest.mark.parametrize("view", ["open", "overdue", "contacted", "quarantined", "failed"])
async def test_a_list_goes_on_where_its_first_part_ended(redis: Client, files: Files, view: View) -> None:
    some = {f"CFGH34{number}": number for number in range(10, 40)}
    await redis.zadd("open", {**some, **{f"{name}L": NOW_MS + place for name, place in some.items()}})
    await redis.zadd("contacted", some)
    await redis.zadd("attention", {f"{name}/confirmation": place for name, place in some.items()})
    whole = await files.listed(view, NOW_MS, 30)
    assert len(set(whole)) == 30
    assert [one for after in (0, 12, 24) for one in (await files.listed(view, NOW_MS, 12, after))[:12]][:30] == whole


async def test_what_was_set_aside_since_an_instant_comes_latest_first_and_the_rest_is_counted(files: Files) -> None:
    assert await files.aside_since(2490, 2497, 3) == (["SPAM2497", "SPAM2496", "SPAM2495"], 2490)


async def test_one_who_is_on_the_list_of_a_flood_is_found_among_others(redis: Client) -> None:
    files, listed = Files(redis), ["CFGH3467", "CFGH3476", "CFGH3477"]
    await redis.hset(
        "deliveries:CFGH3467", mapping={"alert-0": "sent 1 1 1 0 dot-250", "confirmation": "due 0 0 0 0 -"}
    )
    assert not await files.flooded(listed)
    assert not await files.flooded([])
    await redis.hset("deliveries:CFGH3476", mapping={"alert-0": "suppressed 0 0 0 0 flooded"})
    assert await files.flooded(listed)
