"""Typed readers of environment variables fail loudly, name the variable and never show its value."""

import pytest

from config import env
from config.env import EnvironmentProblem


@pytest.fixture
def given(monkeypatch):
    def give(value):
        monkeypatch.setenv("THING", value)

    monkeypatch.delenv("THING", raising=False)
    return give


@pytest.mark.parametrize(
    "read",
    [
        lambda: env.text("THING"),
        lambda: env.flag("THING"),
        lambda: env.integer("THING"),
        lambda: env.words("THING"),
        lambda: env.choice("THING", ["a"]),
        lambda: env.url("THING", env.REDIS),
    ],
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_required_variable_is_named_when_it_is_missing(given, read, value):
    if value is not None:
        given(value)
    with pytest.raises(EnvironmentProblem, match="THING is required"):
        read()


def test_an_address_that_may_be_left_out(given):
    assert env.optional_url("THING", env.WEB) is None
    given("https://rates.example.com/daily.xml")
    assert env.optional_url("THING", env.WEB) == "https://rates.example.com/daily.xml"
    given("ftp://rates.example.com/daily.xml")
    with pytest.raises(EnvironmentProblem, match="THING must begin with https:// or http://"):
        env.optional_url("THING", env.WEB)


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_flags(given, value, meaning):
    given(value)
    assert env.flag("THING") is meaning


@pytest.mark.parametrize("value", ["2", "ja", "truе"])  # the last one ends in a Cyrillic letter
def test_a_flag_is_never_guessed(given, value):
    given(value)
    with pytest.raises(EnvironmentProblem, match="THING must be true or false"):
        env.flag("THING")


@pytest.mark.parametrize("value", ["-1", "11", "1_0", "1e1", "１", "1.0", "0x1"])
def test_integers_are_plain_and_bounded(given, value):
    given(value)
    with pytest.raises(EnvironmentProblem, match="THING must be a whole number from 0 to 10"):
        env.integer("THING", least=0, most=10)


def test_words_are_trimmed(given):
    given(" a.example , ,b.example,")
    assert env.words("THING") == ["a.example", "b.example"]


def test_defaults_are_taken_as_they_are(given):
    assert env.text("THING", default=None) is None
    assert env.flag("THING", default=True) is True
    assert env.integer("THING", default=7) == 7
    assert env.words("THING", default=["x"]) == ["x"]


@pytest.mark.parametrize("value", ["mysql://u:hunter2@h/d", "postgresql:///d", "u:hunter2@h"])
def test_an_address_of_the_wrong_kind_is_refused_without_showing_it(given, value):
    given(value)
    with pytest.raises(EnvironmentProblem, match="THING") as problem:
        env.url("THING", env.POSTGRESQL)
    assert "hunter2" not in str(problem.value)


def test_a_database_address_is_taken_apart():
    database = env.database("postgresql://me%40home:p%2Fw@db.example:6432/led%20ger?sslmode=require")
    assert (database["USER"], database["PASSWORD"]) == ("me@home", "p/w")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "6432", "led ger")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_folder_is_a_host():
    assert env.database("postgresql://me@/books?host=/run/pg")["HOST"] == "/run/pg"
