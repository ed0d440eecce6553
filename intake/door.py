"""The door: which enquiries are let in as they are, which are set aside for staff, and which get no confirmation."""

from collections.abc import Sequence
from dataclasses import replace

from clinic.address import is_no_person, mailbox
from clinic.deadline import answered_within
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.logs import logger
from clinic.screening import Screening
from intake.client import Address, household, network
from intake.proofs import FIELD as PROOF
from intake.proofs import Proofs
from intake.rates import Rates
from intake.tokens import FormTokens

# Off-screen in our form; a person never sees it, a program fills in whatever it finds.
TRAP = "fax"


class Door:
    """Screens enquiries; nothing is refused here, for a patient may look like a machine."""

    def __init__(self, facts: ClinicFacts, tokens: FormTokens, proofs: Proofs, rates: Rates, seconds: float) -> None:
        """Counting may take so many seconds; what is not counted by then is let in."""
        self._seconds = seconds
        self._own = frozenset(
            mailbox(address) for address in (facts.sender, *facts.reception, *facts.reminders.manager)
        )
        self._tokens = tokens
        self._proofs = proofs
        self._rates = rates

    async def screen(self, enquiry: Enquiry, form: dict[str, str], nonce: str, client: Address | None) -> Screening:
        """Return what is thought of an enquiry; `form` is empty where it came as JSON."""
        proof = form.get(PROOF, "")
        seen = Screening(
            quarantined="trap" if form.get(TRAP) else self._tokens.suspicion(nonce) or self._proofs.suspicion(proof),
            unconfirmed=self._nobody_reads(enquiry.email),
        )
        if seen.quarantined:
            return seen
        try:
            return await answered_within(self._seconds, self._counted(seen, enquiry.email, client, proof))
        except TimeoutError:
            logger().warning("limits_not_counted", fault="TimeoutError")
            return seen

    async def _counted(self, seen: Screening, email: str, client: Address | None, proof: str) -> Screening:
        if self._proofs.wanted and not await self._rates.within("limit_per_proof", proof):
            return replace(seen, quarantined="used-proof")
        exceeded = await self._from_one_side(client) if client else ""
        if exceeded or seen.unconfirmed:
            return replace(seen, quarantined=exceeded)
        return replace(seen, unconfirmed=await self._too_many(email))

    async def _from_one_side(self, client: Address) -> str:
        sides: Sequence[tuple[str, str]] = (
            ("limit_per_address", household(client)),
            ("limit_per_network", network(client)),
        )
        exceeded = [name for name, who in sides if not await self._rates.within(name, who)]
        return {"limit_per_address": "address", "limit_per_network": "network"}[exceeded[0]] if exceeded else ""

    def _nobody_reads(self, address: str) -> str:
        """Return why a confirmation to this address would loop, or nothing."""
        if mailbox(address) in self._own:
            return "own-address"
        return "no-person" if is_no_person(address) else ""

    async def _too_many(self, address: str) -> str:
        if not await self._rates.within("limit_per_recipient", mailbox(address)):
            return "recipient-limit"
        return "" if await self._rates.within("limit_confirmations", "everybody") else "breaker"
