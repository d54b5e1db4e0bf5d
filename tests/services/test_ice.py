"""ICE servers and coturn's short-lived credentials."""

import subprocess

import pytest

from skinapp.services.ice import LIFETIME_S, STEP_S, ice_servers, turn_credential


def test_nothing_is_asked_of_others_by_default():
    assert ice_servers((), (), "", 0) == []


def test_a_relay_without_its_secret_is_left_out():
    assert ice_servers(("stun:a:1",), ("turn:b:2",), "", 0) == [{"urls": "stun:a:1"}]


def test_every_address_gets_the_credential():
    servers = ice_servers((), ("turn:b:2", "turns:b:3"), "secret", 1000)
    assert [server["urls"] for server in servers] == ["turn:b:2", "turns:b:3"]
    assert servers[0]["credential"] == servers[1]["credential"]


def test_the_password_is_what_openssl_computes():
    given = turn_credential("north", 1_700_000_000)
    command = ["openssl", "dgst", "-sha1", "-hmac", "north", "-binary"]
    try:
        digest = subprocess.run(command, input=given["username"].encode(), capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("no openssl here to compare with")
    encoded = subprocess.run(["openssl", "base64"], input=digest.stdout, capture_output=True, check=True)
    assert given["credential"] == encoded.stdout.decode().strip()


def test_a_credential_lives_long_enough_and_stays_for_a_while():
    expiry = int(turn_credential("s", 1_700_000_000)["username"].split(":")[0])
    assert LIFETIME_S <= expiry - 1_700_000_000 <= LIFETIME_S + STEP_S
    start = 1_700_000_000 // STEP_S * STEP_S
    assert turn_credential("s", start) == turn_credential("s", start + STEP_S - 1)
    assert turn_credential("s", start) != turn_credential("s", start + STEP_S)
