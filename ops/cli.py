"""The command line: `frontdesk`, and its commands in the order in which the help lists them."""

from collections.abc import Callable

import typer

from ops.commands import backup, deliveries, health, house, parts, person, quarantine, report, secrets, words

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Takes a clinic's appointment enquiries, answers each patient at once, and never loses one.",
)
COMMANDS: dict[str, Callable[..., None]] = {
    "demo": house.demo,
    "up": house.up,
    "intake": parts.intake,
    "worker": parts.worker,
    "monitor": parts.monitor,
    "flower": parts.flower,
    "status": health.status,
    "catcher": parts.catcher,
    "website": parts.website,
    "preview": words.preview,
    "hours": words.hours,
    "quarantine": quarantine.quarantine,
    "check": health.check,
    "deliveries": deliveries.deliveries,
    "replay": deliveries.replay,
    "resolve": deliveries.resolve,
    "export": person.export,
    "erase": person.erase,
    "purge": person.purge,
    "rotate-secret": secrets.rotate_secret,
    "backup": backup.backup,
    "restore": backup.restore,
    "release": quarantine.release,
    "report": report.report,
    "make-secrets": secrets.make_secrets,
    "desk-password": secrets.desk_password,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
