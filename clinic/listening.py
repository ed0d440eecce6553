"""Listening: why an address can't be listened on, by the setting or option that is to be corrected."""

import errno
import socket

# The name of the host that goes with a port; that of the website is not to be chosen.
HOSTS = {
    "INTAKE_PORT": "INTAKE_HOST",
    "--port": "INTAKE_HOST",
    "MONITOR_PORT": "MONITOR_HOST",
    "--monitor-port": "MONITOR_HOST",
    "--smtp-port": "--host",
    "--inbox-port": "--host",
}
# By number: `socket.create_server` raises what is of DNS as any other.
STRANGE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAMILY)


def unheard(error: OSError, host: str, port: int, option: str) -> str:
    """Return a line that names the host's setting where the host is none of ours, else the `option` of the port."""
    if error.errno in STRANGE and option in HOSTS:
        all_of_them = "0.0.0.0"  # noqa: S104 - told, not listened on
        cure = f"set one that is, such as 127.0.0.1, or {all_of_them} for all of them"
        return f"{HOSTS[option]}: {host} is no address of this machine: {cure}"
    why = "is taken" if error.errno == errno.EADDRINUSE else f"of {host} can't be had ({error.strerror})"
    return f"{option}: port {port} {why}: stop what listens there, or choose another with {option}"
