"""Roles: what each kind of process may do in Redis, and the secrets of a machine that runs them."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic.errors import ConfigurationError
from clinic.hint import QUEUE
from clinic.store import keys

# What every connection needs: to sign in, to be asked whether it lives, and our packaged scripts. No EVAL of others'
# texts: a script is loaded by those who bring it, and called by its digest.
CONNECTION = (
    "+auth +hello +ping +select +client|setinfo +client|setname +info +config|get +time "
    "+multi +exec +discard +watch +unwatch"
)
SCRIPTS = "+evalsha +script|load +script|exists"
# What no part of the service ever does: it would lose enquiries, or show them to whoever asks.
NEVER = "-@dangerous -@admin"
PEOPLE = (keys.ENQUIRY, keys.DELIVERIES, keys.DIGEST, keys.FACTS, keys.ACTS)
LISTS = (
    keys.DIARY,
    keys.ATTENTION,
    keys.STRANDED,
    keys.RETRYING,
    keys.QUARANTINED,
    keys.OPEN,
    keys.CONTACTED,
    keys.ANNOUNCED,
    keys.COUNTS,
    keys.REWRITE,
    keys.PROBE,
    QUEUE,
)
# What is counted and timed: who waits, who lives, and how each mail stands.
COUNTED = (
    *(name for name in LISTS if name not in (keys.REWRITE, keys.PROBE)),
    keys.DELIVERIES,
    keys.WORKERS,
    keys.INTAKES,
    keys.PROGRESS,
    keys.DISPATCHER,
    keys.LOGIN,
    keys.CANARY_BACK,
)


@dataclass(frozen=True, slots=True)
class Role:
    """One user of the server: what it is for, and its rules (Valkey's and Redis's ACL language)."""

    name: str
    rules: str


def _keys(names: tuple[str, ...], mark: str = "~") -> str:
    return " ".join(f"{mark}{name}*" if name.endswith(":") else f"{mark}{name}" for name in names)


ROLES = (
    Role(
        "intake",
        f"resetchannels {_keys((*PEOPLE, *LISTS))} ~{keys.IDEMPOTENCY}* ~{keys.LIMIT}* ~{keys.INTAKES} "
        f"-@all +@read +@write {NEVER} {CONNECTION} {SCRIPTS}",
    ),
    Role(
        "worker",
        # Celery speaks to its workers over channels, and keeps its bindings and its own lists of the queue's name.
        f"allchannels {_keys((*PEOPLE, *LISTS))} ~{keys.ERRAND}* ~{keys.DISPATCHER} ~{keys.LOGIN} ~{keys.WORKERS} "
        f"~{keys.PROGRESS} ~{keys.CANARY_BACK} ~{keys.RELAY_ANSWERED} ~{keys.PROBED} ~{QUEUE}* ~_kombu.* "
        f"~unacked* ~*.celery.pidbox -@all +@read +@write +@pubsub +@blocking "
        f"{NEVER} {CONNECTION} {SCRIPTS} +bgrewriteaof",
    ),
    # Asks Celery's workers what they do, and sees no enquiry.
    Role(
        "flower",
        f"allchannels ~{QUEUE}* ~_kombu.* ~unacked* ~*.celery.pidbox ~celeryev* "
        f"-@all +@read +@write +@pubsub +@blocking {NEVER} {CONNECTION} {SCRIPTS}",
    ),
    # Looks at how things stand, sees no enquiry and changes nothing: it is spoken to over the network.
    Role("monitor", f"resetchannels {_keys(COUNTED, '%R~')} -@all +@read {NEVER} {CONNECTION}"),
    # People at the command line: all of the service's data, and still no way to empty the server.
    Role("staff", f"resetchannels ~* -@all +@read +@write {NEVER} {CONNECTION} {SCRIPTS} +bgrewriteaof +dump +restore"),
)


def acl(passwords: Mapping[str, str]) -> str:
    """Return the file of users for `aclfile`; of passwords it holds the SHA-256 only."""
    lines = ["user default off resetkeys resetchannels -@all"]
    for role in ROLES:
        digest = hashlib.sha256(passwords[role.name].encode()).hexdigest()
        lines.append(f"user {role.name} reset on #{digest} {role.rules}")
    return "\n".join(lines) + "\n"


def write_secrets(folder: Path, host: str) -> list[Path]:
    """Make every secret of a machine in an empty folder, for its owner only; return the files.

    Raises ConfigurationError where one is there already: a new secret would lock out what the old one sealed.
    """
    passwords = {role.name: secrets.token_urlsafe(24) for role in ROLES}
    texts = {"frontdesk_secret": secrets.token_urlsafe(48), "users.acl": acl(passwords).rstrip("\n")}
    texts |= {f"redis_url_{name}": f"redis://{name}:{word}@{host}:6379/0" for name, word in passwords.items()}
    if taken := [name for name in texts if (folder / name).exists()]:
        raise ConfigurationError([f"{folder / taken[0]} is there already: name another folder, or keep what you have"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for name, text in texts.items():
        file = folder / name
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(text + "\n", encoding="ascii")
        written.append(file)
    return written
