"""What several commands ask for in the same words."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the form; 0 takes a free one.")]
InboxPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the mail catcher's inbox.")]
SmtpPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the mail catcher's SMTP.")]
WebsitePort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the demo's website.")]
MonitorPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the monitor.")]
Data = Annotated[Path, typer.Option(help="Folder that keeps enquiries, mails and the secret between runs.")]
# In as many words as it was copied in: tables show it in two.
Reference = Annotated[
    list[str], typer.Argument(metavar="REFERENCE", help="The reference of an enquiry, however it is typed.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
By = Annotated[str, typer.Option(help="Who does it, for the audit trail; you, where it is left out.")]


def user() -> str:
    """Return who does it, where nobody else is named."""
    return f"{getpass.getuser()} on the command line"
