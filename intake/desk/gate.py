"""The gate: who is asking at the desk, by a signed cookie or by the header of an identity proxy."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request

from clinic.clock import Clock, milliseconds
from clinic.logs import logger
from clinic.text import Unacceptable, single_line, visible
from intake.client import client_of
from intake.desk.accounts import Accounts
from intake.desk.browsers import KNOWN_FOR, Browsers, cookie_of
from intake.head import Head
from intake.origins import is_of_host
from intake.problem import FOREIGN
from intake.rates import Rates
from intake.refusal import Refusal
from intake.signing import Signed

COOKIE = "desk"
SESSION = timedelta(hours=12)
# Of whom an identity proxy names: most name people by their email address.
NAME_LENGTH = 254
# Strangers whose passwords are still to be looked at, a second's worth: more would keep staff waiting behind them.
WAITING_AT_MOST = 20


class Gate:
    """Knows who is signed in, and lets people sign in, not too often wrongly."""

    def __init__(
        self,
        accounts: Accounts | None,
        user_header: str,
        secrets: Sequence[str],
        rates: Rates,
        clock: Clock,
        *,
        secure: bool,
        trusted_proxies: int,
    ) -> None:
        """Take the header that the identity proxy sets, or "" for none; `secure` keeps the cookie to HTTPS."""
        self._accounts = accounts
        self._user_header = user_header
        self._signed = Signed(secrets, "desk session")
        self._browsers = Browsers(secrets, clock)
        self._rates = rates
        self._clock = clock
        self._secure = secure
        self._trusted_proxies = trusted_proxies
        # A look at a password takes 64 MiB: five at once would be more than the whole process may have.
        self._look = asyncio.Lock()
        self._waiting = 0

    @property
    def elsewhere(self) -> bool:
        """Return whether people sign in and out at an identity proxy, and not here."""
        return bool(self._user_header)

    def user(self, request: Request) -> str | None:
        """Return who is asking, or None."""
        if self._user_header:
            named = request.headers.getlist(self._user_header)
            return _name_of(named[0]) if len(named) == 1 else None
        session = self._signed.read(request.cookies.get(COOKIE, ""))
        if session is None or self._accounts is None:
            return None
        name, began, edition = session.rsplit(".", 2)
        if milliseconds(self._clock.now()) - int(began) > SESSION // timedelta(milliseconds=1):
            return None
        return name if self._accounts.edition(name) == edition else None

    async def sign_in(self, request: Request, name: str, password: str) -> Sequence[str]:
        """Return the cookies of a new session; none for a wrong password, and for any after too many."""
        edition = self._accounts.edition(name) if self._accounts else None
        known = self._browsers.known(request.cookies, name, edition)
        if self._accounts is None or not await self._may_try(request, name, known):
            logger().warning("desk_login_limited")
            return []
        if known is None and self._waiting >= WAITING_AT_MOST:
            logger().warning("desk_login_crowded")
            return []
        if not await self._verified(self._accounts, name, password) or edition is None:
            logger().warning("desk_login_refused")
            return []
        session = f"{name}.{milliseconds(self._clock.now())}.{edition}"
        cookies = [self._cookie(COOKIE, self._signed.sign(session), SESSION)]
        if known is None:
            cookies.append(self._cookie(cookie_of(name), self._browsers.new(name, edition), KNOWN_FOR))
        return cookies

    async def _verified(self, accounts: Accounts, name: str, password: str) -> bool:
        self._waiting += 1
        try:
            async with self._look:
                return await asyncio.to_thread(accounts.verify, name, password)
        finally:
            self._waiting -= 1

    def signed_out(self) -> str:
        """Return the cookie that ends a session."""
        return self._cookie(COOKIE, "", timedelta())

    def check_origin(self, request: Request) -> None:
        """Raise Refusal unless a form of ours sends this: a browser says so with every POST (Fetch)."""
        head = Head.of(request.scope)
        if not is_of_host(head.all(b"origin"), head.all(b"host")):
            raise Refusal(FOREIGN, close=True)

    async def _may_try(self, request: Request, name: str, known: str | None) -> bool:
        if known is not None:
            return await self._rates.within([("limit_logins", f"browser {known}")])
        forwarded = [value.encode() for value in request.headers.getlist("x-forwarded-for")]
        client = client_of(request.scope, forwarded, self._trusted_proxies)
        sides = [f"name {name}", *([f"address {client.household}"] if client else [])]
        return await self._rates.within([("limit_logins", side) for side in sides])

    def _cookie(self, cookie: str, value: str, kept: timedelta) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{cookie}={value}; Path=/desk; Max-Age={kept.total_seconds():.0f}; HttpOnly; SameSite=Strict{secure}"


def _name_of(header: str) -> str | None:
    """Return whom an identity proxy names, or None; we read headers as Latin-1, and most proxies write UTF-8."""
    try:
        name = header.encode("latin-1").decode()
    except UnicodeDecodeError:
        name = header
    try:
        return visible(single_line(name, NAME_LENGTH))
    except Unacceptable as unacceptable:
        logger().warning("desk_user_unusable", fault=unacceptable.fault.value)
        return None
