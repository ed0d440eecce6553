"""The door: which enquiries are let in as they are, which are set aside for staff, and which get no confirmation."""

from dataclasses import replace

from clinic.address import is_no_person, mailbox
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.screening import Screening
from intake.client import Address, household, network
from intake.proofs import FIELD as PROOF
from intake.proofs import Proofs
from intake.rates import Rates, Side
from intake.tokens import FormTokens

# Off-screen in our form; a person never sees it, a program fills in whatever it finds.
TRAP = "fax"
# Why an enquiry is set aside, and why its patient gets no confirmation, by the limit that is exceeded.
QUARANTINES = {"limit_per_proof": "used-proof", "limit_per_address": "address", "limit_per_network": "network"}
UNCONFIRMS = {"limit_per_recipient": "recipient-limit", "limit_confirmations": "breaker"}


class Door:
    """Screens enquiries; nothing is refused here, for a patient may look like a machine."""

    def __init__(self, facts: ClinicFacts, tokens: FormTokens, proofs: Proofs, rates: Rates) -> None:
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
        return await self._counted(seen, enquiry.email, client, proof)

    async def _counted(self, seen: Screening, email: str, client: Address | None, proof: str) -> Screening:
        stages: list[list[Side]] = []
        if self._proofs.wanted:
            stages.append([("limit_per_proof", proof)])
        if client:
            stages.append([("limit_per_address", household(client)), ("limit_per_network", network(client))])
        if not seen.unconfirmed:
            stages += [[("limit_per_recipient", mailbox(email))], [("limit_confirmations", "everybody")]]
        exceeded = await self._rates.first_exceeded(stages)
        if exceeded in QUARANTINES:
            return replace(seen, quarantined=QUARANTINES[exceeded])
        return replace(seen, unconfirmed=UNCONFIRMS[exceeded]) if exceeded else seen

    def _nobody_reads(self, address: str) -> str:
        """Return why a confirmation to this address would loop, or nothing."""
        if mailbox(address) in self._own:
            return "own-address"
        return "no-person" if is_no_person(address) else ""
