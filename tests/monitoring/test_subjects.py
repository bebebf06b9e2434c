"""What is watched is given as definitions; the declaration itself in their place is told how."""

import re

import pytest

from app import model
from app.users import UserRepository
from monitoring import FunctionSubject, MonitoringError, TableSubject
from singletable import patterns_of
from singletable.definition import definition_of


def test_definitions_are_taken() -> None:
    assert TableSubject(model.table.definition()).definition == model.table.definition()
    patterns = tuple(definition_of(pattern) for pattern in patterns_of(UserRepository))
    assert FunctionSubject("api", "api-1", 10, patterns).patterns == patterns


def test_patterns_are_told_how_they_become_definitions() -> None:
    with pytest.raises(
        MonitoringError, match=r"invalid-subject: a pattern of api is a PatternDefinition, given: a \w+\. Give `definition_of\(pattern\)`"
    ):
        FunctionSubject("api", "api-1", 10, patterns_of(UserRepository))
    with pytest.raises(MonitoringError, match=r"invalid-subject: what api has as patterns is a tuple, given: a Table"):
        FunctionSubject("api", "api-1", 10, model.table)


def test_a_table_is_told_how_it_becomes_its_definition() -> None:
    said = "invalid-subject: the definition of the table is a TableDefinition, given: a Table. Give `.definition()` of the table"
    with pytest.raises(MonitoringError, match=re.escape(said)):
        TableSubject(model.table)
