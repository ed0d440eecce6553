"""The door: which enquiries are let in as they are, which are set aside for staff, and which get no confirmation."""

from functools import lru_cache

from clinic.address import is_no_person, mailbox
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.screening import CLEAR, Limit, Screening
from intake.client import CLIENTS_KEPT, Client
from intake.proofs import FIELD as PROOF
from intake.proofs import Proofs
from intake.rates import Rates
from intake.tokens import FormTokens, is_token

# Off-screen in our form; a person never sees it, a program fills in whatever it finds.
TRAP = "fax"


class Door:
    """Screens enquiries; little is refused, for a patient may look like a machine."""

    def __init__(self, facts: ClinicFacts, tokens: FormTokens, proofs: Proofs, rates: Rates) -> None:
        self._own = frozenset(
            mailbox(address) for address in (facts.sender, *facts.reception, *facts.reminders.manager)
        )
        self._tokens = tokens
        self._proofs = proofs
        self._side = rates.side
        self._of_everybody = Limit(self._side(3, "limit_confirmations", "everybody"), unconfirms="breaker")
        self._of_client = lru_cache(maxsize=CLIENTS_KEPT)(self._client_limits)

    def screen(
        self, enquiry: Enquiry, form: dict[str, str], nonce: str, client: Client | None
    ) -> tuple[Screening, list[Limit]]:
        """Return what is thought of an enquiry, and the limits it comes under; `form` is empty where it is JSON."""
        proof, who = form.get(PROOF, ""), mailbox(enquiry.email)
        # A website's own form may ask for a fax number.
        trapped = form.get(TRAP) and is_token(nonce)
        quarantined = "trap" if trapped else self._tokens.suspicion(nonce) or self._proofs.suspicion(proof)
        unconfirmed = "own-address" if who in self._own else "no-person" if is_no_person(enquiry.email) else ""
        seen = Screening(quarantined, unconfirmed) if quarantined or unconfirmed else CLEAR
        if quarantined:
            return seen, [self._quarantined(client)] if client else []
        # In stages: what is set aside by one uses up nothing of the next.
        limits: list[Limit] = []
        if self._proofs.wanted:
            task = self._proofs.task_of(proof)
            then = self._quarantined(client) if client else None
            limits.append(Limit(self._side(0, "limit_per_proof", task), quarantines="used-proof", then=then))
        if client:
            limits += self._of_client(client)
        if not unconfirmed:
            limits.append(Limit(self._side(2, "limit_per_recipient", who), unconfirms="recipient-limit"))
            limits.append(self._of_everybody)
        return seen, limits

    def _client_limits(self, client: Client) -> tuple[Limit, Limit]:
        then = self._quarantined(client)
        return (
            Limit(self._side(1, "limit_per_address", client.household), quarantines="address", then=then),
            Limit(self._side(1, "limit_per_network", client.network), quarantines="network", then=then),
        )

    def _quarantined(self, client: Client) -> Limit:
        """Return how much may be set aside that comes from one network.

        Without an end, whoever sends it fills the memory and the disk, and nobody's enquiry is taken any more: one
        laptop writes a gigabyte in a few minutes.
        """
        return Limit(self._side(0, "limit_quarantined", client.network), refuses=True)
