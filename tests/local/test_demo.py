"""The demo: its parts one by one, a small run with broken input, and the whole hour, with the figures of the Northwind sample."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from local.__main__ import main
from local.demo.agenda import Agenda, Job
from local.demo.checks import Counted, Figures, checks
from local.demo.generated import generate
from local.demo.reading import InputMissing, read_shop
from local.demo.sales import Timetable
from local.demo.visits import Mistake
from local.urls import Answer

NORTHWIND = Path(__file__).resolve().parents[3] / "shared" / "data" / "northwind"

# --- reading

CUSTOMERS = [{"id": f"C{number}", "name": f"Customer {number}", "email": f"c{number}@shop.example"} for number in range(1, 7)]
PRODUCTS = [{"id": str(number), "name": f"Product {number}", "category": "Tea", "price_cents": 100 * number} for number in range(1, 6)]


def sale(number: int, **changes: Any) -> dict[str, Any]:
    line = {"product_id": "1", "quantity": 3, "unit_price_cents": 199, "discount_percent": 15, "line_total_cents": 507}
    return {"id": f"O{number}", "customer_id": "C1", "shipped_at": None, "lines": [line], "total_cents": 507} | changes


def folder(path: Path, orders: list[Any], customers: list[Any] | None = None, products: list[Any] | None = None) -> Path:
    files = {
        "customers.jsonl": CUSTOMERS if customers is None else customers,
        "products.jsonl": PRODUCTS if products is None else products,
        "orders.jsonl": orders,
    }
    for name, lines in files.items():
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        (path / name).write_bytes(b"\n".join(texts) + b"\n")
    return path


def without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def test_good_lines_become_a_shop(tmp_path: Path) -> None:
    shop, problems = read_shop(folder(tmp_path, [sale(1), b"", sale(2, shipped_at="1996-07-16T00:00:00Z")]))
    assert problems == ()
    assert (len(shop.customers), len(shop.products), len(shop.orders)) == (6, 5, 2)
    first, second = shop.orders
    assert (first.reference, first.customer, first.shipped, second.shipped) == ("O1", "C1", False, True)
    assert first.total_minor == 507  # 3 x 1.99 less 15 % is 5.0745, rounded half up
    assert str(second.place) == "orders.jsonl:3"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "not JSON: "),
        (b'"text"', "a JSON object is expected, this is a text"),
        (b'{"id": "\xff"}', "not UTF-8: invalid start byte at byte 8"),
        (without(sale(2), "customer_id"), "the field customer_id is missing"),
        (sale(2, id=7), "the field id takes a text that is not empty, not the number 7"),
        (sale(2, id=" "), "the field id takes a text that is not empty, not an empty one"),
        (sale(1), 'the id "O1" is that of orders.jsonl:1 too; an id is given once'),
        (sale(2, customer_id="C9"), 'the customer "C9" is not among the customers that could be read'),
        (sale(2, shipped_at=1), "the field shipped_at takes a time or null, not the number 1"),
        (sale(2, total_cents=508), "total_cents is 508, its lines add up to 507"),
        (sale(2, lines=[]), "the field lines takes a list with at least one object"),
        (sale(2, lines="x"), "the field lines takes a list with at least one object"),
        (sale(2, lines=[1]), "the field lines[0] takes an object, not the number 1"),
        (sale(2, lines=[without(sale(2)["lines"][0], "quantity")]), "the field lines[0].quantity is missing"),
        (sale(2, lines=[sale(2)["lines"][0] | {"quantity": True}]), "the field lines[0].quantity takes a whole number, not a boolean"),
        (
            sale(2, lines=[sale(2)["lines"][0] | {"unit_price_cents": 1.5}]),
            "the field lines[0].unit_price_cents takes a whole number, not the number 1.5",
        ),
        (
            sale(2, lines=[sale(2)["lines"][0] | {"discount_percent": 150}]),
            "the field lines[0].discount_percent takes a whole number from 0 to 100, not 150",
        ),
        (
            sale(2, lines=[sale(2)["lines"][0] | {"product_id": "9"}]),
            'the product "9" of lines[0] is not among the products that could be read',
        ),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: Any, words: str) -> None:
    shop, problems = read_shop(folder(tmp_path, [sale(1), line, sale(3)]))
    assert [order.reference for order in shop.orders] == ["O1", "O3"]
    assert [str(problem.place) for problem in problems] == ["orders.jsonl:2"]
    assert problems[0].message.startswith(words)


def test_an_order_of_a_customer_that_could_not_be_read_is_left_out_too(tmp_path: Path) -> None:
    _, problems = read_shop(folder(tmp_path, [sale(1)], customers=[b"nonsense"]))
    assert [str(problem.place) for problem in problems] == ["customers.jsonl:1", "orders.jsonl:1"]


def test_a_trailing_space_is_part_of_an_id(tmp_path: Path) -> None:
    customer = {"id": "Val2 ", "name": "IT", "email": "val2@shop.example"}
    shop, problems = read_shop(folder(tmp_path, [sale(1, customer_id="Val2 "), sale(2, customer_id="Val2")], customers=[customer]))
    assert [order.customer for order in shop.orders] == ["Val2 "]
    assert problems[0].message == 'the customer "Val2" is not among the customers that could be read'


def test_a_folder_without_its_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"has no customers.jsonl, products.jsonl, orders.jsonl: the input is a folder with"):
        read_shop(tmp_path)


def test_a_generated_shop_is_the_same_for_the_same_seed_and_as_large_as_the_sample() -> None:
    shop = generate(1)
    assert shop == generate(1)
    assert shop != generate(2)
    assert (len(shop.customers), len(shop.products), len(shop.orders)) == (91, 77, 830)
    assert len({one.email for one in shop.customers}) == 91
    assert max(len(order.lines) for order in shop.orders) == 25
    assert all(len({line.product for line in order.lines}) == len(order.lines) for order in shop.orders)
    assert 0 < sum(not order.shipped for order in shop.orders) < 60


# --- workers


def answers(*statuses: int) -> list[Answer]:
    return [Answer(status, {}, b"{}") for status in statuses]


def test_what_the_shop_is_too_busy_for_is_asked_again_and_later_until_it_is_answered() -> None:
    waiting = answers(503, 429, 503, 503, 201)
    taken: list[int] = []
    agenda = Agenda(lambda job: waiting.pop(0), workers=2)
    agenda.add(0, Job(0, "POST", "/orders", lambda answer: taken.append(answer.status)))
    agenda.work(0)
    assert (taken, agenda.waiting, agenda.tally.postponed) == ([], 1, 1)
    agenda.work(1)
    assert (taken, agenda.waiting) == ([201], 0)
    assert (agenda.tally.requests, agenda.tally.retries, agenda.tally.statuses) == (5, 4, {503: 3, 429: 1, 201: 1})


def test_a_job_may_put_others_on_the_agenda_and_late_ones_are_done_too() -> None:
    order: list[str] = []
    agenda = Agenda(lambda job: answers(200)[0], workers=1)

    def first(_: Answer) -> None:
        order.append("first")
        agenda.add(1, Job(0, "GET", "/", lambda _: order.append("second")))

    agenda.add(0, Job(0, "GET", "/", first))
    agenda.work(0)
    assert order == ["first"]
    agenda.work(5)
    assert order == ["first", "second"]


def test_the_timetable_keeps_its_shape_for_any_length() -> None:
    for minutes in (24, 30, 60, 120):
        times = Timetable.of(minutes)
        assert times.registering.stop == times.ordering.start
        assert set(times.throttled) <= set(times.ordering)
        assert times.ordering.stop <= times.reading.start < times.reading.stop < minutes
    with pytest.raises(ValueError, match="23 minutes are too few for an alarm to fire and to clear; at least 24"):
        Timetable.of(23)


# --- checks

SHOP = Counted(customers=93, products=77, orders=830, order_lines=2155, total_cents=126579329, shipped=809)
GOOD = Figures(
    sent=SHOP,
    read=SHOP,
    placed=830,
    placed_again=830,
    notifications=809,
    notifications_duplicated=0,
    notifications_lost=0,
    notifications_unknown=0,
    refused=100,
    waiting=0,
    index="GSI1",
    index_writes=300,
    index_refusals=150,
    index_alarms=("page: GSI1 is throttled",),
    fired=("page: GSI1 is throttled",),
    cleared=("page: GSI1 is throttled",),
    open_pages=(),
    alarm_messages_expected=36,
    alarm_messages=36,
    differences=(),
    failures=(),
    mistakes=(Mistake("a stale version", "409 version-conflict", "409 version-conflict: read it again"),),
    unexpected={},
)


def broken(figures: Figures) -> list[str]:
    return [check.says for check in checks(figures) if not check.holds]


def test_all_checks_hold_for_a_good_run() -> None:
    assert broken(GOOD) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"read": dataclasses.replace(SHOP, orders=829, total_cents=1)},
            "not all that was sent was read back: orders 829 of 830; total_cents 1 of 126,579,329",
        ),
        ({"differences": ("order 1: its status is 'placed'",)}, "1 difference from what was sent: order 1: its status is 'placed'"),
        ({"placed_again": 828}, "2 of 830 orders sent twice: not answered with the order placed first"),
        ({"notifications_lost": 1}, "notifications: 1 lost"),
        ({"notifications_duplicated": 2, "notifications_unknown": 3}, "notifications: 2 duplicated, 3 of no shipment"),
        ({"waiting": 4}, "4 requests never answered: the shop was busy until the end"),
        ({"index_refusals": 0}, "GSI1 was throttled and nobody was refused: the throttle did not work"),
        ({"fired": ()}, 'GSI1 was throttled, and "page: GSI1 is throttled" did not fire and clear'),
        ({"cleared": ()}, 'GSI1 was throttled, and "page: GSI1 is throttled" did not fire and clear'),
        ({"index_alarms": ()}, "GSI1 was throttled, and no alarm watches throttles of GSI1"),
        ({"alarm_messages": 35}, "35 of 36 messages about alarms arrived behind their topics"),
        ({"open_pages": ("page: x",)}, "pages are open at the end: page: x"),
        ({"mistakes": ()}, "no mistake was tried"),
        (
            {"mistakes": (Mistake("a stale version", "409 version-conflict", "200 {}"),)},
            "a stale version was answered with 200 {}, not 409 version-conflict",
        ),
        (
            {"failures": ("order 1 was answered with 500",), "unexpected": {"role was denied x": 2}},
            "2 unexpected events: order 1 was answered with 500; role was denied x (2 x)",
        ),
    ],
)
def test_each_broken_invariant_has_its_sentence(change: dict[str, Any], sentence: str) -> None:
    assert broken(dataclasses.replace(GOOD, **change)) == [sentence]


def test_a_throttle_that_met_nothing_is_said_not_to_be_tried() -> None:
    few = dataclasses.replace(GOOD, index_writes=1, index_refusals=0, refused=0, fired=(), cleared=())
    assert broken(few) == []
    assert "throttling was not tried: 1 write touched GSI1 while it was throttled" in [check.says for check in checks(few)]
    assert broken(dataclasses.replace(few, index_writes=2)) == [
        "GSI1 was throttled and nobody was refused: the throttle did not work",
        'GSI1 was throttled, and "page: GSI1 is throttled" did not fire and clear',
    ]


def test_one_is_not_called_many() -> None:
    one = Counted(customers=1, products=1, orders=1, order_lines=1, total_cents=1, shipped=1)
    said = [check.says for check in checks(dataclasses.replace(GOOD, sent=one, read=one, placed=1, placed_again=1, notifications=1))]
    assert said[:4] == [
        "1 customer, 1 product and 1 order: sent and read back",
        "1 order line with the prices, quantities, discounts and totals that were sent",
        "1 order sent twice and placed once",
        "1 shipment announced, each once",
    ]


# --- runs


def test_a_small_run_with_bad_lines_does_the_rest_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders: list[Any] = [
        sale(number, customer_id=f"C{number % 5 + 1}", shipped_at="1996-07-16" if number % 2 else None) for number in range(1, 41)
    ]
    nothing = {"product_id": "1", "quantity": 0, "unit_price_cents": 100, "discount_percent": 0}
    orders[4] = b"{"
    orders[9] = sale(10, customer_id="nobody")
    orders[19] = sale(20, lines=[nothing], total_cents=0)  # only the shop knows that a line has at least one piece
    orders[24] = sale(25, customer_id="C6")  # whose address the shop refuses
    customers = [*CUSTOMERS[:5], CUSTOMERS[5] | {"email": "no address"}]
    given = folder(tmp_path / "in" if (tmp_path / "in").mkdir() is None else tmp_path, orders, customers)
    out = tmp_path / "out"
    assert main(["demo", "--input", str(given), "--out", str(out), "--minutes", "24", "--workers", "2"]) == 1
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [check["says"] for check in report["checks"] if not check["holds"]] == []
    assert (report["ok"], report["customers"], report["products"], report["orders"]) == (False, 5, 5, 36)
    assert (report["order_lines"], report["total_cents"]) == (36, 36 * 507)
    assert report["shipped"] == report["notifications"] == 18
    places = sorted(problem.split(": ")[0] for problem in report["problems"])
    assert places == ["customers.jsonl:6", "orders.jsonl:10", "orders.jsonl:20", "orders.jsonl:25", "orders.jsonl:5"]
    shown = capsys.readouterr().out
    assert "Left out: 5 lines of the input" in shown
    assert "orders.jsonl:20: the shop refused it: 400 invalid-field: lines[0].quantity" in shown
    assert "orders.jsonl:25: left out, because the shop refused its customer C6" in shown


def test_a_broken_invariant_ends_with_1_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.demo.run.THROTTLED_SHARE", 0.0001)
    given = folder(tmp_path, [sale(number) for number in range(1, 41)])
    assert main(["demo", "--input", str(given), "--out", str(tmp_path / "out"), "--minutes", "24", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert [check["says"] for check in report["checks"] if not check["holds"]] == [
        "GSI1 was throttled and nobody was refused: the throttle did not work",
        'GSI1 was throttled, and "shop-dev page: GSI1 is throttled" did not fire and clear',
    ]


def test_one_order_is_enough_for_a_good_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = folder(tmp_path, [sale(1)], CUSTOMERS[:1], PRODUCTS[:1])
    assert main(["demo", "--input", str(given), "--out", str(tmp_path / "out"), "--minutes", "24", "--workers", "2"]) == 0
    shown = capsys.readouterr().out
    assert "1 customer, 1 product and 1 order: sent and read back" in shown
    assert "14:09 writes to GSI1 are throttled on purpose until 14:12\n" in shown
    assert "14:12 the throttling of GSI1 ends\n" in shown


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_whole_hour(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Northwind's figures where the sample is beside the project; a generated shop of the same size elsewhere."""
    shop = generate(1)
    expected: dict[str, Any] = {
        "customers": len(shop.customers),
        "products": len(shop.products),
        "orders": len(shop.orders),
        "order_lines": sum(len(order.lines) for order in shop.orders),
        "total_cents": sum(order.total_minor for order in shop.orders),
        "shipped": sum(order.shipped for order in shop.orders),
    }
    arguments = ["demo", "--out", str(tmp_path), "--json"]
    if NORTHWIND.is_dir():
        known = json.loads((NORTHWIND / "expected.json").read_text(encoding="utf-8"))
        expected = {name: known["shipped_orders" if name == "shipped" else name] for name in expected}
        arguments += ["--input", str(NORTHWIND)]
    assert main(arguments) == 0, capsys.readouterr()
    report = json.loads(capsys.readouterr().out)
    assert {name: report[name] for name in expected} == expected
    assert report["notifications"] == expected["shipped"]
    assert (report["notifications_duplicated"], report["notifications_lost"], report["unexpected"]) == (0, 0, [])
    assert report["orders_sent_twice"] == expected["orders"]
    assert report["index_alarms"]
    assert set(report["index_alarms"]) <= set(report["alarms_fired"]) & set(report["alarms_cleared"])
    assert report["alarms_total"] >= 20
    assert report["resources"] >= 40
    assert report == json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (tmp_path / "dashboard.png").read_bytes().startswith(b"\x89PNG")
    assert b"GSI1" in (tmp_path / "dashboard.html").read_bytes()
