"""Traffic: what visitors, staff and workers do while something else goes on, a little at a time."""

import itertools
from collections.abc import AsyncIterator

from clinic.delivery import Lane, State
from clinic.store.words import Dues, Settlement
from tests.support.service import Service


async def traffic(service: Service, references: list[str], erased: set[str]) -> AsyncIterator[None]:
    """Do one thing after the other for ever, to enquiries that come, and to some of those that are there.

    Who was erased is added to those that are.
    """
    waiting = iter(list(references))
    marked: list[str] = []
    for number in itertools.count(len(references)):
        references.append((await service.accept(number)).reference)
        yield
        for lane in (Lane.RECEPTION, Lane.PATIENT):
            claims = await service.store.claim(lane, 3)
            ends = (State.SENT, State.FAILED, State.DUE)
            await service.store.settle(
                [
                    Settlement(claim, end, "rcpt-451", delay_ms=60_000 if end is State.DUE else 0)
                    for claim, end in zip(claims, ends, strict=False)
                ]
            )
            yield
        if (reference := next(waiting, None)) is not None:
            await service.staff.mark_contacted(reference, b"who")
            marked.append(reference)
            yield
        if (reference := next(waiting, None)) is not None:
            await service.staff.erase(reference, b"who")
            erased.add(reference)
            yield
        if number % 3 == 0 and marked:
            await service.staff.reopen(marked.pop(0), Dues(), b"who")
            yield
