"""The desk: reception's inbox behind a login, rendered here, without a line of JavaScript that it needs."""

from intake.desk.accounts import Accounts
from intake.desk.gate import Gate
from intake.desk.routes import desk_routes
from intake.desk.rows import Rows

__all__ = ["Accounts", "Gate", "Rows", "desk_routes"]
