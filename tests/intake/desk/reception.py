"""Reception at the desk in this process: a browser before it, the whole service behind it."""

import httpx

from clinic.acceptance import Accepted
from clinic.acts import Acts
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.screening import Screening
from clinic.store import Files
from intake.app import create_app
from intake.desk import Accounts, Gate, Rows, desk_routes
from intake.desk.accounts import account_line
from intake.rates import Rates
from tests.intake.stand_ins import SECRETS, ListMarks
from tests.support.clock import SetClock
from tests.support.service import Service
from tests.support.valkey import Client

PASSWORD = "correct horse battery"
LINE = account_line("jo", PASSWORD)
OURS = {"Origin": "http://intake.test"}


class Reception:
    """The service behind the desk, and a browser before it."""

    def __init__(
        self,
        redis: Client,
        facts: ClinicFacts,
        accounts: Accounts,
        rates: Rates,
        header: str = "",
        trusted_proxies: int = 0,
    ) -> None:
        self.clock = SetClock()
        self.service = Service(redis, facts, "smtp://127.0.0.1:9", self.clock)
        self.acts = Acts(self.service.staff, self.service.seal, self.service.records)
        rows = Rows(Files(redis), self.service.records, self.acts, facts, self.clock)
        gate = Gate(accounts, header, SECRETS, rates, self.clock, secure=False, trusted_proxies=trusted_proxies)
        app = create_app(
            facts,
            self.service.acceptance,
            self.clock,
            SECRETS,
            rates,
            ListMarks(SetClock()),
            desk=lambda assets: desk_routes(facts.name, gate, rows, self.acts, assets),
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test")

    async def sign_in(self, name: str = "jo", password: str = PASSWORD) -> httpx.Response:
        return await self.client.post("/desk/login", data={"name": name, "password": password}, headers=OURS)

    async def get(self, path: str) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.headers
        return answer.text

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=OURS)

    async def set_aside(self, written: Enquiry) -> Accepted:
        """Take an enquiry that looks like spam."""
        trapped = Screening(quarantined="trap")
        return await self.service.acceptance.accept(written, idempotency_key=None, body=b"", screening=trapped)
