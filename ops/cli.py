"""The command line: `frontdesk`, and its commands by what they are for, in the order in which the help lists them."""

from collections.abc import Callable

import typer

from ops.commands import backup, deliveries, health, house, parts, person, quarantine, report, secrets, words

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Takes a clinic's appointment enquiries, answers each patient at once, and never loses one.",
)
COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Run it": {
        "demo": house.demo,
        "up": house.up,
        "intake": parts.intake,
        "worker": parts.worker,
        "monitor": parts.monitor,
        "flower": parts.flower,
    },
    "Is it well?": {
        "status": health.status,
        "check": health.check,
        "deliveries": deliveries.deliveries,
        "replay": deliveries.replay,
        "resolve": deliveries.resolve,
        "quarantine": quarantine.quarantine,
        "release": quarantine.release,
        "report": report.report,
    },
    "What is kept": {
        "export": person.export,
        "erase": person.erase,
        "purge": person.purge,
        "backup": backup.backup,
        "restore": backup.restore,
        "rotate-secret": secrets.rotate_secret,
    },
    "Set it up": {
        "make-secrets": secrets.make_secrets,
        "desk-password": secrets.desk_password,
        "hours": words.hours,
        "preview": words.preview,
        "catcher": parts.catcher,
        "website": parts.website,
    },
}
for title, commands in COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=title)(command)
