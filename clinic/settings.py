"""Settings: what differs between machines, read from the environment (or a file named by `NAME_FILE`)."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from clinic.errors import ConfigurationError
from clinic.faults import genuine, plain
from clinic.origin import origin
from clinic.redis_url import check_redis_url
from clinic.relay import Relay
from clinic.shape import shaped

# Nobody's plugin looks at what a patient wrote, and none is looked for in every installed distribution, which takes
# longer than all of our models.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
# Celery prefers them to what it is told: with those of another service on this machine our hints went to its broker.
for theirs in ("BROKER_URL", "BROKER_READ_URL", "BROKER_WRITE_URL", "RESULT_BACKEND", "LOADER"):
    os.environ.pop(f"CELERY_{theirs}", None)

ROOT = Path(__file__).resolve().parent.parent
SECRET_LENGTH = 32
# The next step for whoever left out what has no default.
UNSET = {
    "redis_url": "name your Redis, redis://host:6379; beside `up` what it prints as Redis: "
    "(unix://$PWD/data/up/valkey/valkey.sock)",
    "frontdesk_secret": "give the one that seals your records; beside `up` FRONTDESK_SECRET_FILE=data/up/secret",
}
CHANNEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*=[a-z0-9]+://.")


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SECRET_LENGTH:
        raise ValueError(
            f"needs at least {SECRET_LENGTH} characters: make one with "
            '`python3 -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    return secret


Secret = Annotated[SecretStr, AfterValidator(_long_enough)]


class Settings(BaseModel):
    """Every setting, by the name of its environment variable in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    redis_url: SecretStr = Field(
        description="The Redis or Valkey that keeps every enquiry: redis://, rediss:// or unix://."
    )
    frontdesk_secret: Secret = Field(description="Seals the records and signs the links; 32 characters or more.")
    frontdesk_old_secrets: tuple[Secret, ...] = Field(
        (), description="Earlier secrets, separated by spaces or lines, that still open what they sealed."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""), description="The mail relay: smtp:// (with STARTTLS, save on this machine) or smtps://."
    )
    channels: SecretStr = Field(
        SecretStr(""),
        description="Where the channels of the clinic file lead: name=address, separated by spaces or lines (apprise).",
    )
    clinic_file: Path = Field(ROOT / "clinic.toml", description="The clinic facts.")
    public_url: str = Field(
        "",
        description="Where patients reach the intake; empty: as they asked for it.",
    )
    websites: tuple[str, ...] = Field(
        (), description="Websites that may send enquiries beside those of the clinic file, separated by spaces."
    )
    intake_host: str = Field("127.0.0.1", description="The address the intake listens on.")
    intake_port: int = Field(8000, ge=0, le=65535, description="The port the intake listens on; 0 takes a free one.")
    trusted_proxies: int = Field(
        0, ge=0, le=9, description="How many proxies of yours stand before the intake and add to X-Forwarded-For."
    )
    limit_per_address: str = Field(
        "5 per 10 minutes", description="Enquiries from one internet address (IPv6: /64); more are quarantined."
    )
    limit_per_network: str = Field(
        "30 per hour", description="Enquiries from one network (IPv4: /24, IPv6: /48); more are quarantined."
    )
    limit_quarantined: str = Field(
        "300 per day", description="What is quarantined of one network; beyond it the answer is that it should phone."
    )
    limit_per_recipient: str = Field(
        "1 per day; 3 per 30 days", description="Confirmations to one mailbox; beyond them reception is told."
    )
    limit_confirmations: str = Field(
        "60 per hour", description="Confirmations in all; beyond them reception is told, until it is over."
    )

    proof_of_work: bool = Field(
        False, description="Have browsers work out a proof (ALTCHA) for the form; enquiries without are quarantined."
    )

    desk_users: Path | None = Field(
        None, description="The file of the desk's accounts, as `frontdesk desk-password` writes its lines."
    )
    desk_user_header: Annotated[
        str, shaped(r"[A-Za-z0-9-]{0,60}", "write the name of one header, such as X-Forwarded-User")
    ] = Field(
        "",
        description="In place of accounts: the header in which your identity proxy says who is signed in.",
    )
    limit_logins: str = Field("5 per 10 minutes", description="Tries to sign in at the desk, of one name or address.")

    retention_days: int = Field(
        90, ge=1, le=3650, description="Days after which an enquiry is forgotten, once its patient was contacted."
    )
    alive_file: Path | None = Field(
        None, description="A file that a worker touches every 5 s, for probes that cost nothing."
    )
    monitor_host: str = Field("127.0.0.1", description="The address the monitor listens on.")
    monitor_port: int = Field(9101, ge=0, le=65535, description="The port the monitor listens on; 0 takes a free one.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="What a scraper must send as its bearer token; empty: nothing."
    )
    alarm_urls: SecretStr = Field(
        SecretStr(""),
        description="Where alarms go, separated by spaces: http(s):// gets JSON, others are told by apprise.",
    )

    celery_events: bool = Field(False, description="Have workers tell Flower of each task; costs a write for each.")
    otel_exporter_otlp_endpoint: Annotated[
        str, shaped(r"(https?://\S+)?", "write it with http:// or https://, such as http://collector.example.com:4318")
    ] = Field("", description="Where traces go (OpenTelemetry, OTLP over HTTP); empty: nowhere.")
    flower_login: SecretStr = Field(SecretStr(""), description="Who may look into Flower: name:password.")
    flower_host: str = Field("127.0.0.1", description="The address Flower listens on.")
    flower_port: int = Field(5555, ge=0, le=65535, description="The port Flower listens on.")

    @field_validator("redis_url")
    @classmethod
    def _redis_is_led_to(cls, url: SecretStr) -> SecretStr:
        check_redis_url(url.get_secret_value())
        return url

    @field_validator("public_url")
    @classmethod
    def _browsers_get_there(cls, url: str) -> str:
        written = origin(url) if url else ""
        if urlsplit(url)[2:] not in (("", "", ""), ("/", "", "")):
            raise ValueError(f"says more than where: leave it at {written}")
        return written

    @field_validator("websites")
    @classmethod
    def _are_websites(cls, websites: tuple[str, ...]) -> tuple[str, ...]:
        for number, website in enumerate(websites, 1):
            try:
                origin(website)
            except ValueError as error:
                raise ValueError(f"entry {number} {error}") from None
        return websites

    @field_validator("smtp_url")
    @classmethod
    def _relay_is_safe(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value():
            Relay.parse(url.get_secret_value())
        return url

    @field_validator("channels")
    @classmethod
    def _channels_are_named(cls, channels: SecretStr) -> SecretStr:
        for number, entry in enumerate(channels.get_secret_value().split(), 1):
            if not CHANNEL.match(entry):
                raise ValueError(f"entry {number} is not name=address, such as duty-phone=tgram://...: correct it")
        return channels

    @field_validator("frontdesk_old_secrets", "websites", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @property
    def secrets(self) -> list[str]:
        """Return the secrets in the clear, newest first."""
        return [secret.get_secret_value() for secret in (self.frontdesk_secret, *self.frontdesk_old_secrets)]

    @property
    def has_desk(self) -> bool:
        """Return whether anybody may sign in at the desk."""
        return bool(self.desk_users or self.desk_user_header)

    @property
    def channel_addresses(self) -> dict[str, str]:
        """Return the address of each channel by its name."""
        entries = self.channels.get_secret_value().split()
        return {name: address for name, _, address in (entry.partition("=") for entry in entries)}

    def relay(self) -> Relay:
        """Return the mail relay; raise ConfigurationError where none is set."""
        if not self.smtp_url.get_secret_value():
            raise ConfigurationError(["SMTP_URL: is not set: name your mail relay, smtp://user:password@host:587"])
        return Relay.parse(self.smtp_url.get_secret_value())


def environment() -> dict[str, str]:
    """Return a copy of this process's environment, for a process that starts others."""
    return dict(os.environ)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read every setting; raise ConfigurationError with one line for each fault, naming the variable."""
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name in Settings.model_fields:
        try:
            value = _read(name.upper(), environment)
        except ValueError as error:
            faults[name] = str(error)
        else:
            if value is not None:
                values[name] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for fault in genuine(error):
            name = str(fault["loc"][0])
            faults.setdefault(name, f"is not set: {UNSET[name]}" if fault["type"] == "missing" else plain(fault))
    if faults:
        raise ConfigurationError([f"{name.upper()}: {fault}" for name, fault in faults.items()])
    return settings


def _read(name: str, environment: Mapping[str, str]) -> str | None:
    """Return a variable's value, or the text of the file that `NAME_FILE` names; an empty one counts as not set."""
    value, file = environment.get(name), environment.get(f"{name}_FILE")
    if value and file:
        raise ValueError(f"is set twice, also as {name}_FILE: keep one of them")
    if not file:
        return value or None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"can't be read from the file that {name}_FILE names: {error}") from None
