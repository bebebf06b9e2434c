"""What DynamoDB refuses comes out as the error of the operation that failed. Names and codes are those of the service's model."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from singletable import (
    AlreadyExists,
    BotocoreTransport,
    Id,
    IdempotentParameterMismatch,
    InvalidArguments,
    Key,
    NotFound,
    Reason,
    Refusal,
    Secret,
    ServiceError,
    SingleTableError,
    Store,
    Table,
    Throttled,
    TransactionConflict,
    VersionConflict,
    botocore_transport,
    check,
    create,
    delete,
    entity,
    errors,
)
from singletable.testing import RecordingTransport, refused, wire
from singletable.transport import refusal_of
from tests.singletable.shop import model
from tests.singletable.shop.model import Credential, Order, OrderItem, OrderStatus, Product, User

ADA = User(id="u1", email="ada@example.org", name="Ada")
HASH = Credential(user_id="u1", password_hash=Secret("argon2"))
ORDER = Order(id="o1", user_id="u1", total=5)
ITEM = OrderItem(order_id="o1", product_id="p1", quantity=1, price=5)
PRODUCT = Product(id="p1", category="c", name="n", price=5)
FAILED, CONFLICT = "ConditionalCheckFailed", "TransactionConflict"

confirm = model.table.transaction(check(User), model.set_order_status, create(OrderItem))
confirm_unchanged = model.table.transaction(check(Product, unchanged=True), create(OrderItem))
CONFIRM = confirm(ADA, model.set_order_status(ORDER, status=OrderStatus.PAID), ITEM)


def raised(bound: Any, refusal: Exception) -> SingleTableError:
    store = Store(RecordingTransport(refusal), "shop")
    call: Any = {"BoundOne": store.get, "BoundMany": store.page, "BoundUpdate": store.update, "BoundTransaction": store.write}
    with pytest.raises(SingleTableError) as caught:
        call[type(bound).__name__](bound)
    assert caught.value.__cause__ is refusal
    return caught.value


@pytest.mark.parametrize(
    ("bound", "reasons", "expected"),
    [
        # register_user: put User, put its lock, put Credential
        (model.register_user(ADA, HASH), (FAILED, "None", "None"), AlreadyExists("User")),
        (model.register_user(ADA, HASH), ("None", FAILED, "None"), AlreadyExists("User", "email")),
        (model.register_user(ADA, HASH), ("None", "None", FAILED), AlreadyExists("Credential")),
        (model.register_user(ADA, HASH), (FAILED, FAILED, FAILED), AlreadyExists("User")),
        # remove_user: delete User, delete its lock, delete Credential
        (model.remove_user(ADA, HASH), (FAILED, "None", "None"), NotFound("User")),
        (model.remove_user(ADA, HASH), ((FAILED, ADA), "None", "None"), VersionConflict("User")),
        (model.remove_user(ADA, HASH), ("None", (FAILED, ADA), "None"), VersionConflict("User")),
        (model.remove_user(ADA, HASH), ("None", "None", FAILED), NotFound("Credential")),
        # change_email: update User, delete the old lock, put the new one
        (model.change_email(ADA, email="new@example.org"), (FAILED, "None", "None"), NotFound("User")),
        (model.change_email(ADA, email="new@example.org"), ((FAILED, ADA), "None", "None"), VersionConflict("User")),
        (model.change_email(ADA, email="new@example.org"), ("None", FAILED, "None"), VersionConflict("User")),
        (model.change_email(ADA, email="new@example.org"), ("None", "None", FAILED), AlreadyExists("User", "email")),
        (CONFIRM, (FAILED, "None", "None"), NotFound("User")),
        (CONFIRM, ("None", (FAILED, ORDER), "None"), VersionConflict("Order")),
        (CONFIRM, ("None", "None", (FAILED, ITEM)), AlreadyExists("OrderItem")),
        # A condition that does not hold is final, whatever else was in the way at that moment.
        (CONFIRM, (CONFLICT, "None", FAILED), AlreadyExists("OrderItem")),
        (confirm_unchanged(PRODUCT, ITEM), (FAILED, "None"), NotFound("Product")),
        (confirm_unchanged(PRODUCT, ITEM), ((FAILED, PRODUCT), "None"), VersionConflict("Product")),
        (CONFIRM, (CONFLICT, "None", "None"), TransactionConflict("")),
        (CONFIRM, ("None", "ThrottlingError", "None"), Throttled("")),
        (CONFIRM, ("None", "ProvisionedThroughputExceeded", "None"), Throttled("")),
        (CONFIRM, ("None", "ValidationError", "None"), ServiceError("TransactionCanceledException", "")),
        (CONFIRM, ("None", "ItemCollectionSizeLimitExceeded", "None"), ServiceError("TransactionCanceledException", "")),
    ],
)
def test_a_cancelled_transaction_raises_the_error_of_the_part_that_failed(bound: Any, reasons: Any, expected: SingleTableError) -> None:
    error = raised(bound, refused("TransactionCanceledException", *reasons))
    assert (type(error), error.code) == (type(expected), expected.code)
    if isinstance(expected, AlreadyExists | NotFound | VersionConflict):
        assert (str(error), error.details) == (str(expected), expected.details)


def test_an_error_holds_what_the_part_that_failed_was_given() -> None:
    """One of several products is gone: which?"""
    order = model.table.transaction(check(Product, up_to=3), create(User), create(OrderItem, up_to=3))
    products = [replace(PRODUCT, id=number) for number in "123"]
    items = [replace(ITEM, product_id=number) for number in "12"]
    by_key = model.table.transaction(check(Product), create(OrderItem))(find := model.table.one(Product, by="id")("7"), ITEM)
    bound = order(products, ADA, items)
    for position, given in enumerate([*products, ADA, ADA, *items]):  # the user's lock comes behind the user
        reasons = ["None"] * 7
        reasons[position] = FAILED
        error = raised(bound, refused("TransactionCanceledException", *reasons))
        assert isinstance(error, AlreadyExists | NotFound)
        assert error.item is given
    gone = raised(by_key, refused("TransactionCanceledException", FAILED, "None"))
    assert isinstance(gone, NotFound) and gone.item is find
    for moved in (model.change_email(ADA, email="new@example.org"), model.set_order_status(ORDER, status=OrderStatus.PAID)):
        old = raised(moved, refused("TransactionCanceledException", (FAILED, ADA), "None", "None"))
        assert isinstance(old, VersionConflict) and old.item is moved.item
    taken = raised(model.change_email(ADA, email="new@example.org"), refused("TransactionCanceledException", "None", "None", FAILED))
    assert isinstance(taken, AlreadyExists) and taken.item is ADA
    assert NotFound("User").item is None


def test_a_reason_without_a_name_of_its_own_says_which_part() -> None:
    error = raised(CONFIRM, refused("TransactionCanceledException", "None", "ValidationError", "None"))
    assert str(error) == "TransactionCanceledException: Update Order: ValidationError"


@pytest.mark.parametrize(
    ("bound", "reason", "expected"),
    [
        (model.add_product(PRODUCT), (FAILED, PRODUCT), AlreadyExists("Product")),
        (model.set_order_status(ORDER, status=OrderStatus.PAID), (FAILED, ORDER), VersionConflict("Order")),
        (model.set_order_status(ORDER, status=OrderStatus.PAID), FAILED, NotFound("Order")),
    ],
)
def test_a_single_write_tells_what_was_in_its_way(bound: Any, reason: Any, expected: SingleTableError) -> None:
    error = raised(bound, refused("ConditionalCheckFailedException", reason))
    assert (type(error), str(error)) == (type(expected), str(expected))


ERRORS = [
    ("ProvisionedThroughputExceededException", Throttled, True),
    ("ThrottlingException", Throttled, True),
    ("RequestLimitExceeded", Throttled, True),
    ("TransactionConflictException", TransactionConflict, True),
    # The first attempt with this token still runs: unlike after a conflict, it may yet be carried out.
    ("TransactionInProgressException", ServiceError, True),
    ("IdempotentParameterMismatchException", IdempotentParameterMismatch, False),
    ("InternalServerError", ServiceError, True),
    ("ReplicatedWriteConflictException", ServiceError, True),
    ("ResourceNotFoundException", ServiceError, False),
    ("ItemCollectionSizeLimitExceededException", ServiceError, False),
    ("ValidationException", ServiceError, False),
    ("AccessDeniedException", ServiceError, False),
]


@pytest.mark.parametrize("bound", [model.find_user(id="1"), model.list_orders(user_id="1"), CONFIRM, model.add_product(PRODUCT)])
@pytest.mark.parametrize(("name", "expected", "retryable"), ERRORS)
def test_every_error_of_the_service_has_one_of_ours(bound: Any, name: str, expected: type, retryable: bool) -> None:
    error = raised(bound, refused(name, message="said by the service"))
    assert (type(error), error.retryable) == (expected, retryable)
    if isinstance(error, ServiceError):
        missing = "there is no table shop in this account and region: check its name, and where the client sends to"
        said = missing if name == "ResourceNotFoundException" else "said by the service"
        assert (error.name, str(error)) == (name, f"{name}: {said}")


def test_the_list_of_the_services_errors_is_complete() -> None:
    """What the model of botocore names for the operations that the kit sends is in the list above."""
    service = botocore.session.get_session().get_service_model("dynamodb")
    operations = ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"]
    named = {shape.name for operation in operations for shape in service.operation_model(operation).error_shapes}
    assert named - {"ConditionalCheckFailedException", "TransactionCanceledException"} <= {name for name, *_ in ERRORS}


def test_a_throttled_request_says_what_was_throttled() -> None:
    answer = {
        "Error": {"Code": "ThrottlingException", "Message": "slow down"},
        "throttlingReasons": [{"reason": "TableWriteKeyRangeThroughputExceeded", "resource": "arn:aws:dynamodb:eu-west-1:1:table/shop"}],
    }
    error = raised(model.find_user(id="1"), refusal_of(answer))
    assert isinstance(error, Throttled)
    assert error.reasons == ("TableWriteKeyRangeThroughputExceeded arn:aws:dynamodb:eu-west-1:1:table/shop",)
    assert "TableWriteKeyRangeThroughputExceeded" in str(error)


# --- answers that were lost


def lost(item: object | None, attempts: int = 2) -> Refusal:
    reason = Reason(FAILED, None if item is None else wire(item))
    return Refusal("ConditionalCheckFailedException", reasons=[reason], attempts=attempts)


def test_a_retry_that_meets_its_own_write_has_succeeded() -> None:
    """The first attempt wrote, its answer was lost, and the second finds what the first has written."""
    Store(RecordingTransport(lost(PRODUCT)), "shop").write(model.add_product(PRODUCT))
    paid = replace(ORDER, status=OrderStatus.PAID, version=2, updated_at=ORDER.updated_at)
    store = Store(RecordingTransport(lost(paid)), "shop", clock=lambda: ORDER.updated_at)
    assert store.update(model.set_order_status(ORDER, status=OrderStatus.PAID)) == paid
    remove = model.table.transaction(delete(Product))
    Store(RecordingTransport(lost(None)), "shop").write(remove(PRODUCT))
    assert isinstance(raised(remove(PRODUCT), lost(None, attempts=1)), NotFound)
    assert isinstance(raised(remove(PRODUCT), lost(PRODUCT)), VersionConflict)


def test_a_retry_knows_its_own_write_in_the_services_spelling() -> None:
    """DynamoDB writes numbers without zeros at the end and sets in an order of its own (developer guide, "Data types")."""
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("OFFER#{id}", "OFFER"))
    class Offer:
        id: Id
        price: Decimal
        tags: frozenset[str] = frozenset()
        steps: frozenset[Decimal] = frozenset()
        details: dict[str, list[Decimal]]

    offer = Offer(id="1", price=Decimal("1.50"), tags=frozenset("ab"), steps=frozenset([Decimal("2.0")]), details={"a": [Decimal("1E+1")]})
    add = table.transaction(create(Offer))
    spelled: dict[str, Any] = {
        "price": {"N": "1.5"},
        "tags": {"SS": ["b", "a"]},
        "steps": {"NS": ["2"]},
        "details": {"M": {"a": {"L": [{"N": "10"}]}}},
    }
    there = {**wire(offer), **spelled}
    Store(RecordingTransport(Refusal("ConditionalCheckFailedException", reasons=[Reason(FAILED, there)], attempts=2)), "t").write(
        add(offer)
    )
    for name, other in {
        "price": {"S": "1.5"},
        "tags": {"L": [{"S": "a"}, {"S": "b"}]},
        "details": {"M": {"a": {"L": [{"N": "11"}]}}},
    }.items():
        refusal = Refusal("ConditionalCheckFailedException", reasons=[Reason(FAILED, {**there, name: other})], attempts=2)
        assert isinstance(raised(add(offer), refusal), AlreadyExists)


def test_only_a_write_that_needs_it_asks_for_the_item_in_its_way() -> None:
    """A new credential in a transaction has a token against lost answers, and no use for the hash that lies there."""
    plan = Store(RecordingTransport(), "shop").plan
    actions = [next(iter(action.items())) for action in plan(CONFIRM).requests[0].body["TransactItems"]]
    asked = {action: "ReturnValuesOnConditionCheckFailure" in body for action, body in actions}
    assert asked == {"ConditionCheck": True, "Update": True, "Put": False}
    assert plan(model.add_product(PRODUCT)).requests[0].body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"


@pytest.mark.parametrize(("there", "attempts"), [(PRODUCT, 1), (replace(PRODUCT, name="other"), 2), (replace(PRODUCT, version=2), 3)])
def test_a_retry_that_meets_another_write_has_failed(there: Product, attempts: int) -> None:
    assert isinstance(raised(model.add_product(PRODUCT), lost(there, attempts)), AlreadyExists)


# --- over botocore


class Canned:
    """A real client of botocore whose answers are given: everything but the network takes part."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        session = botocore.session.get_session()
        config = Config(retries={"mode": "standard", "total_max_attempts": 1})
        self.client = session.create_client("dynamodb", region_name="eu-west-1", config=config)
        self.client.meta.events.register("before-send.dynamodb", self.answer)
        self.status, self.body = status, body

    def answer(self, request: Any, **kwargs: Any) -> AWSResponse:
        class Raw:
            def stream(inner, **kwargs: Any) -> Iterator[bytes]:
                yield json.dumps(self.body).encode()

        return AWSResponse(request.url, self.status, {"content-type": "application/x-amz-json-1.0"}, Raw())


def test_reasons_come_through_a_real_client() -> None:
    body = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, None]",
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": {"PK": {"S": "ORDER"}}},
            {"Code": "None"},
        ],
    }
    with pytest.raises(VersionConflict, match="this Order was changed since it was read"):
        Store(BotocoreTransport(Canned(400, body).client), "shop").write(CONFIRM)


def test_the_item_in_the_way_comes_through_a_real_client() -> None:
    body = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "The conditional request failed"}
    bound = model.set_order_status(ORDER, status=OrderStatus.PAID)
    with pytest.raises(NotFound):
        Store(BotocoreTransport(Canned(400, body).client), "shop").update(bound)
    with pytest.raises(VersionConflict):
        Store(BotocoreTransport(Canned(400, {**body, "Item": wire(ORDER)}).client), "shop").update(bound)


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_item(self, **request: Any) -> None:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_no_answer_is_an_error_that_may_be_tried_again(error: Exception) -> None:
    with pytest.raises(ServiceError, match="gave no answer, so that a write may have happened or not") as caught:
        Store(BotocoreTransport(Failing(error)), "shop").get(model.find_user(id="1"))
    assert (caught.value.name, caught.value.retryable) == (type(error).__name__, True)


def test_what_is_not_of_the_service_stays_as_it_is() -> None:
    with pytest.raises(NoCredentialsError):
        Store(BotocoreTransport(Failing(NoCredentialsError())), "shop").get(model.find_user(id="1"))


def test_the_default_client_ends_before_its_function_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    transport = botocore_transport(region="eu-west-1", connections=7)
    meta: Any = transport._client.meta
    assert (meta.region_name, meta.endpoint_url) == ("eu-west-1", "http://127.0.0.1:9")
    config = meta.config
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections, config.tcp_keepalive) == (1, 3, 7, True)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}


def test_a_default_client_without_a_region_says_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(InvalidArguments, match=r"^no region is known: give region=\.\.\., such as eu-west-1, or set AWS_DEFAULT_REGION$"):
        botocore_transport()


# --- tokens


@pytest.mark.parametrize("token", ["", "x" * 37])
def test_a_token_has_1_to_36_characters(token: str) -> None:
    with pytest.raises(InvalidArguments, match="a token has 1 to 36 characters"):
        Store(RecordingTransport(), "shop").write(CONFIRM, token=token)


def test_a_token_makes_a_single_write_a_transaction() -> None:
    transport = RecordingTransport({})
    Store(transport, "shop").write(model.add_product(PRODUCT), token="t" * 36)
    [request] = transport.requests
    assert (request.operation, request.body["ClientRequestToken"]) == ("TransactWriteItems", "t" * 36)


def test_a_check_that_is_left_alone_is_a_transaction() -> None:
    """There is no operation that only checks."""
    add = model.table.transaction(check(User), create(OrderItem, up_to=3))
    transport = RecordingTransport({}, refused("TransactionCanceledException", FAILED))
    Store(transport, "shop").write(add(ADA, []))
    assert transport.requests[0].operation == "TransactWriteItems"
    assert list(transport.requests[0].body["TransactItems"][0]) == ["ConditionCheck"]
    with pytest.raises(NotFound, match="there is no such User"):
        Store(transport, "shop").write(add(ADA, []))


# --- errors as data


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SingleTableError)]
    codes = {kind.code for kind in kinds}
    assert len(codes) == len(kinds) and all(code == code.lower() and code.replace("-", "").isalpha() for code in codes)
    assert {kind.code for kind in kinds if kind.retryable} == {"throttled", "transaction-conflict"}


def test_a_refusal_shows_no_item() -> None:
    refusal = refused("TransactionCanceledException", ("ConditionalCheckFailed", HASH))
    assert "argon2" not in f"{refusal} {refusal!r} {refusal.reasons} {refusal.details}"
