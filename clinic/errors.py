"""The faults that several parts of this service name; a fault that one part names stands with it."""

from collections.abc import Sequence


class FrontdeskError(Exception):
    """Any fault that this service names itself."""


class ConfigurationError(FrontdeskError):
    """The configuration is unsafe or impossible; `faults` holds one line each, naming the setting and the cure."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class UnsafeForNow(ConfigurationError):
    """It is unsafe by what a server or a clock says now, which may be mended without an edit of ours."""


class StoreUnavailable(FrontdeskError):
    """The store did not answer, or refused to write; nothing may be promised."""


class SealBroken(FrontdeskError):
    """No key that we hold opens this record, or it was changed, or it belongs to another reference."""


class KeyUnknown(SealBroken):
    """It was sealed with a secret that this process was not given."""
