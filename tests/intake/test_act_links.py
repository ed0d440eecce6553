"""Links in reception's mails grow old, survive a change of the secret, and lead to an address of ours or nowhere."""

from intake.act_links import CONTACTED, ActLinks
from tests.intake.stand_ins import SECRETS
from tests.support.clock import SetClock

OURS = "https://enquiries.clinic.example"
RECEIVED_MS = 1_795_428_184_567


async def test_links_grow_old_and_survive_a_change_of_the_secret(clock: SetClock) -> None:
    token = ActLinks(CONTACTED, SECRETS[1:], clock, OURS).url("CFGH3467", RECEIVED_MS).rpartition("/")[2]
    assert ActLinks(CONTACTED, SECRETS, clock, OURS).read(token) == "CFGH3467"
    clock.forward(days=91)
    assert ActLinks(CONTACTED, SECRETS, clock, OURS).read(token) is None


def test_without_an_address_of_ours_there_is_no_link(clock: SetClock) -> None:
    assert ActLinks(CONTACTED, SECRETS, clock, "").url("CFGH3467", RECEIVED_MS) == ""
