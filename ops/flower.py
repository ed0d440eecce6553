"""Flower, as we run it: read-only, behind a password, and shown nothing but references."""

import os
import sys
from importlib.util import find_spec
from typing import NoReturn

from clinic.errors import ConfigurationError
from clinic.extras import to_install
from clinic.settings import Settings, environment
from workers.app import broker_url


def run(settings: Settings) -> NoReturn:
    """Become Flower; raise ConfigurationError where it is not safe, or not there.

    What is secret goes by the environment, for the command line is for everybody on the machine to see. Of our settings
    it is given no other: it opens no record and sends no mail.
    """
    auth = settings.flower_login.get_secret_value()
    if ":" not in auth:
        raise ConfigurationError(["FLOWER_LOGIN: is not set: give name:password, without them everybody could look in"])
    if find_spec("flower") is None:
        raise ConfigurationError([f"flower is not installed: {to_install('demo')}"])
    given = {
        **{name: value for name, value in environment().items() if not _is_ours(name)},
        "CELERY_BROKER_URL": broker_url(settings.redis_url.get_secret_value()),
        "FLOWER_BASIC_AUTH": auth,
    }
    command = [sys.executable, "-m", "celery", "--quiet", "flower", "--read_only=True", "--enable_events=True"]
    command += [f"--address={settings.flower_host}", f"--port={settings.flower_port}", "--logging=warning"]
    os.execve(sys.executable, command, given)


def _is_ours(name: str) -> bool:
    return name.removesuffix("_FILE").lower() in Settings.model_fields
