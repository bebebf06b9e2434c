"""Event patterns, against the rules and examples of the Lambda guide, "Control which events Lambda sends to your function"."""

from __future__ import annotations

import json

import pytest

from local.filters import matches, parse

EVENT = {
    "eventName": "MODIFY",
    "dynamodb": {
        "Keys": {"PK": {"S": "ORDER#1"}, "SK": {"S": "METADATA"}},
        "NewImage": {
            "status": {"S": "SHIPPED"},
            "total": {"N": "1250"},
            "note": {"S": ""},
            "gone": {"NULL": None},
            "tags": {"L": ["a", "b"]},
        },
        "SizeBytes": 59,
    },
}


def new_image(**rules: object) -> dict[str, object]:
    return {"dynamodb": {"NewImage": rules}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({"eventName": ["MODIFY"]}, True, id="equals"),
        pytest.param({"eventName": ["INSERT"]}, False, id="equals another"),
        pytest.param({"eventName": ["INSERT", "MODIFY"]}, True, id="or of values"),
        pytest.param({"eventName": ["modify"]}, False, id="equals minds case"),
        pytest.param({"eventName": [{"equals-ignore-case": "modify"}]}, True, id="equals ignoring case"),
        pytest.param({"eventName": ["MODIFY"], "dynamodb": {"SizeBytes": [60]}}, False, id="and of fields"),
        pytest.param({"$or": [{"eventName": ["INSERT"]}, {"dynamodb": {"SizeBytes": [59]}}]}, True, id="or of fields"),
        pytest.param({"$or": [{"eventName": ["INSERT"]}, {"dynamodb": {"SizeBytes": [60]}}]}, False, id="or of fields, none"),
        pytest.param(new_image(status={"S": [{"prefix": "SHIP"}]}), True, id="prefix"),
        pytest.param(new_image(status={"S": [{"prefix": "ship"}]}), False, id="prefix minds case"),
        pytest.param(new_image(status={"S": [{"suffix": "PED"}]}), True, id="suffix"),
        pytest.param(new_image(status={"S": [{"anything-but": ["PLACED", "PAID"]}]}), True, id="not"),
        pytest.param(new_image(status={"S": [{"anything-but": ["SHIPPED"]}]}), False, id="not, but it is"),
        pytest.param(new_image(status={"S": [{"anything-but": {"prefix": "SHIP"}}]}), False, id="not with a prefix"),
        pytest.param(new_image(missing={"S": [{"anything-but": ["x"]}]}), False, id="not of an absent field"),
        pytest.param(new_image(note={"S": [""]}), True, id="empty"),
        pytest.param(new_image(gone={"NULL": [None]}), True, id="null"),
        pytest.param(new_image(status={"S": [{"exists": True}]}), True, id="exists"),
        pytest.param(new_image(missing={"S": [{"exists": True}]}), False, id="exists, absent"),
        pytest.param(new_image(missing={"S": [{"exists": False}]}), True, id="does not exist"),
        pytest.param(new_image(status={"S": [{"exists": False}]}), False, id="does not exist, but does"),
        pytest.param({"dynamodb": {"OldImage": {"status": {"S": [{"exists": False}]}}}}, True, id="no old image at all"),
        pytest.param({"dynamodb": {"NewImage": [{"exists": True}]}}, False, id="exists works on leaves only"),
        pytest.param({"dynamodb": {"SizeBytes": [{"numeric": ["=", 59]}]}}, True, id="numeric equals"),
        pytest.param({"dynamodb": {"SizeBytes": [{"numeric": [">", 10, "<=", 59]}]}}, True, id="numeric range"),
        pytest.param({"dynamodb": {"SizeBytes": [{"numeric": [">", 59]}]}}, False, id="numeric out of range"),
        pytest.param({"dynamodb": {"SizeBytes": ["59"]}}, False, id="a number is not its text"),
        pytest.param(new_image(total={"N": [{"numeric": [">", 1000]}]}), False, id="N is a string in a stream record"),
        pytest.param(new_image(total={"N": ["1250"]}), True, id="N equals as a string"),
        pytest.param(new_image(tags={"L": ["b"]}), True, id="any element of a list"),
        pytest.param(new_image(status={"S": {"deeper": ["x"]}}), False, id="deeper than the event"),
    ],
)
def test_rules(rule: dict[str, object], expected: bool) -> None:
    assert matches(parse(json.dumps(rule)), EVENT) is expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["MODIFY"]', "a filter pattern is a JSON object"),
        ('{"eventName": "MODIFY"}', r'\$\.eventName is "MODIFY"; allowed: an object or a list with at least one value'),
        ('{"eventName": []}', r"\$\.eventName is \[\]"),
        ('{"eventName": [{"wildcard": "M*"}]}', r'\$\.eventName has the rule \{"wildcard": "M\*"\}; allowed: one of anything-but'),
        ('{"$or": [{"eventName": 1}]}', r"\$\.\$or\.eventName is 1"),
        ("{", "property name"),
    ],
)
def test_a_pattern_that_lambda_refuses_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(text)
