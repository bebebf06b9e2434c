"""A shop for those who bring no data: about as large as the Northwind sample, and the same for the same seed."""

from __future__ import annotations

from random import Random

from local.demo.shop import Customer, Order, OrderLine, Place, Product, Shop

CUSTOMERS, PRODUCTS, ORDERS = 91, 77, 830
SHIPPED_SHARE = 0.975

_TOWNS = ("Aarhus", "Bilbao", "Cork", "Dresden", "Esbjerg", "Faro", "Graz", "Hasselt", "Izmir", "Jena", "Kaunas", "Lyon", "Malmö")
_TRADES = ("Delicatessen", "Market", "Kitchen", "Larder", "Provisions", "Grocers", "Pantry")
_GOODS = {
    "Beverages": ("Tea", "Coffee", "Cider", "Lemonade", "Beer", "Juice"),
    "Condiments": ("Mustard", "Relish", "Syrup", "Vinegar", "Chutney"),
    "Confections": ("Biscuits", "Nougat", "Toffee", "Marzipan", "Wafers"),
    "Dairy Products": ("Cheese", "Butter", "Yoghurt", "Cream"),
    "Grains/Cereals": ("Bread", "Muesli", "Pasta", "Crackers"),
    "Meat/Poultry": ("Sausage", "Ham", "Pâté"),
    "Produce": ("Apples", "Dried pears", "Cabbage", "Hazelnuts"),
    "Seafood": ("Herring", "Mussels", "Salmon", "Anchovies", "Squid"),
}
_KINDS = ("Smoked", "Old", "Mild", "Dark", "Country", "Salted", "Sweet", "Fine", "Wild", "Royal")


def generate(seed: int, *, customers: int = CUSTOMERS, products: int = PRODUCTS, orders: int = ORDERS) -> Shop:
    """The same shop for the same arguments."""
    random = Random(seed)  # noqa: S311  # a shop to look at, no secret
    goods = [(category, good) for category, names in _GOODS.items() for good in names]
    stock: list[Product] = []
    for number in range(1, products + 1):
        category, good = goods[(number - 1) % len(goods)]
        kind = _KINDS[(number - 1) // len(goods) % len(_KINDS)]
        price = random.randrange(250, 12_000, 5)
        stock.append(Product(f"P{number:03}", f"{kind} {good.lower()}", category, price, Place("generated products", number)))
    people: list[Customer] = []
    for number in range(1, customers + 1):
        town, trade = random.choice(_TOWNS), random.choice(_TRADES)
        place = Place("generated customers", number)
        people.append(Customer(f"C{number:03}", f"{town} {trade} {number}", f"customer-{number:03}@shop.example", place))
    # Few customers order often, many seldom, and some never: as shops are.
    regulars = people[: max(1, len(people) - len(people) // 25)]
    weights = [1 / (place + 6) for place in range(len(regulars))]
    sales = [_order(random, number, random.choices(regulars, weights)[0], stock) for number in range(1, orders + 1)]
    return Shop(tuple(people), tuple(stock), tuple(sales))


def _order(random: Random, number: int, customer: Customer, stock: list[Product]) -> Order:
    size = min(len(stock), 25 if number % 400 == 0 else random.choices((1, 2, 3, 4, 5, 6), (15, 30, 27, 15, 9, 4))[0])
    lines = tuple(
        OrderLine(product.reference, random.randint(1, 60), product.price_minor, random.choice((0, 0, 0, 0, 5, 10, 15, 20, 25)))
        for product in random.sample(stock, size)
    )
    return Order(f"O{number:05}", customer.reference, lines, random.random() < SHIPPED_SHARE, Place("generated orders", number))
