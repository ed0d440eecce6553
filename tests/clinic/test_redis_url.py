"""A slip in REDIS_URL is one line that names the setting, says what to do, and shows nothing of the password."""

import pytest

from clinic.errors import ConfigurationError
from clinic.redis_url import check_redis_url
from clinic.settings import read_settings
from clinic.store import connect
from tests.support.valkey import Client

SECRET = "s" * 32


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("foo", "must look like redis://"),
        ("http://redis.example.com", "must look like redis://"),
        ("REDISS://redis.example.com/0", "must look like redis://"),
        ("UNIX:///run/redis.sock", "must look like redis://"),
        ("redis://", "must look like redis://"),
        ("redis:///0", "must look like redis://"),
        ("redis://:hunter2@/0", "must look like redis://"),
        ("redis://h:99999999/0", "must look like redis://"),
        ("redis://[::1/0", "must look like redis://"),
        ("redis://u:hunter2/x@h/0", "must look like redis://"),
        ("redis://u:1#hunter2@h/0", "must look like redis://"),
        ("unix://", "must look like redis://"),
        ("unix://hunter2/redis.sock", "must look like redis://"),
        ("redis://u:hunter2@h/0 ", "can't be seen"),
        ("redis://u:hunter2@h/0\n", "can't be seen"),
        ("redis://h/abc", "number of a database"),
        ("redis://u:1/hunter2@h/0", "number of a database"),
        ("redis://u:hunter2@h/0?socket_timeout=abc", "with rediss:// only"),
        ("unix:///redis.sock?db=2", "with rediss:// only"),
        ("redis://u:1?hunter2@h/0", "with rediss:// only"),
        ("rediss://u:1?hunter2@h/0", "knows only the options ssl_ca_certs"),
        ("rediss://u:hunter2@h/0?foo=bar", "knows only the options ssl_ca_certs"),
        ("rediss://h/0?socket_timeout=3", "knows only the options ssl_ca_certs"),
        ("rediss://h/0?decode_responses=yes", "knows only the options ssl_ca_certs"),
        ("rediss://h/0?db=2", "knows only the options ssl_ca_certs"),
        ("rediss://u:hunter2@h/0?ssl_cert_reqs=none", "can only be required"),
    ],
)
def test_url_that_makes_no_sense_is_one_line_with_the_cure_and_no_password(url: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({"REDIS_URL": url, "FRONTDESK_SECRET": SECRET})
    [line] = caught.value.faults
    assert line.startswith("REDIS_URL: ")
    assert says in line
    assert "\n" not in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("redis://h", {"host": "h", "port": 6379, "db": 0}),
        ("redis://h/", {"host": "h", "db": 0}),
        ("redis://[::1]:6380/2", {"host": "::1", "port": 6380, "db": 2}),
        ("redis://u:hunter%2F2@h/0", {"username": "u", "password": "hunter/2"}),
        ("rediss://:hunter2@h:6390/0?ssl_ca_certs=/ca.pem", {"password": "hunter2", "port": 6390}),
        ("rediss://h/0?ssl_cert_reqs=required&ssl_certfile=/c.pem&ssl_keyfile=/k.pem", {"host": "h"}),
        ("unix:///run/redis%20one.sock", {"path": "/run/redis one.sock"}),
        ("unix://u:hunter2@/run/redis.sock", {"path": "/run/redis.sock", "username": "u"}),
    ],
)
def test_url_that_is_let_through_leads_where_it_says(url: str, leads: dict[str, object]) -> None:
    check_redis_url(url)
    client: Client = connect(url)
    connection = client.connection_pool.make_connection()
    assert {name: getattr(connection, name) for name in leads} == leads
