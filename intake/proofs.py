"""The door to altcha: a proof that a browser worked for one view of our form, for a website under attack."""

import json
from collections.abc import Sequence
from datetime import timedelta

from clinic.clock import Clock, milliseconds
from clinic.seal import derive

PURPOSE = "proof of work"
# The field and what it holds are ALTCHA's: https://altcha.org/docs
FIELD = "altcha"
LONGEST = 2000
# 256 tries on average, of 5,000 rounds each: about half a second of a telephone, while its owner types.
ALGORITHM, ROUNDS, PREFIX = "PBKDF2/SHA-256", 5000, "00"
# A form may lie open for a day; a proof is remembered as long, so that it is good for one enquiry.
GOOD_FOR = timedelta(days=1)
USED_ONCE = "1 per day"


class Proofs:
    """Sets tasks and judges proofs; where none are wanted, nothing is asked and nothing is wrong."""

    def __init__(self, secrets: Sequence[str], clock: Clock, *, wanted: bool) -> None:
        """Take the secrets, newest first."""
        self._keys = [derive(secret, PURPOSE) for secret in secrets]
        self._clock = clock
        self.wanted = wanted

    def task(self) -> str | None:
        """Return the task for one view of the form as JSON, or None."""
        if not self.wanted:
            return None
        from altcha import create_challenge

        shown = milliseconds(self._clock.now())
        challenge = create_challenge(
            ALGORITHM, ROUNDS, key_prefix=PREFIX, hmac_secret=self._keys[0], data={"shown": shown}
        )
        return json.dumps(challenge.to_dict())

    def suspicion(self, proof: str) -> str:
        """Return what is wrong with a proof in one word, or nothing."""
        if not self.wanted:
            return ""
        if not proof or len(proof) > LONGEST:
            return "no-proof"
        from altcha import Payload, verify_solution

        if not any(verify_solution(proof, key).verified for key in self._keys):
            return "wrong-proof"
        data = Payload.from_base64(proof).challenge.parameters.data or {}
        age = milliseconds(self._clock.now()) - int(data["shown"])
        return "old-proof" if age > GOOD_FOR // timedelta(milliseconds=1) else ""

    def task_of(self, proof: str) -> str:
        """Return what names the task of a proof with which nothing is wrong.

        That, and not the proof, is used up: one proof can be written in endless ways, and a task has several.
        """
        from altcha import Payload

        return Payload.from_base64(proof).challenge.parameters.nonce
