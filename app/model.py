"""The shop's table: its entities, and every way in which the shop reads and writes them.

Keys, indexes, permissions, alarms and dashboards all follow from this file. The first line of a pattern's description is its title there.
Money is in whole minor units of its currency; times are UTC. `reference` is the caller's own identifier, for example from the system that
the data came from.
"""

from enum import Enum

from singletable import Email, Id, Key, Secret, Table, Timestamp, Version, check, create, created, delete, entity, updated

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")}, ttl="expires_at")

MOST_LINES = 97
"""Lines of one order: DynamoDB takes 100 actions in a transaction; the user's check, the order and the lock of its reference are three."""


class Role(Enum):
    USER = "user"
    ADMIN = "admin"


class OrderStatus(Enum):
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("EMAIL#{email}", "USER#{id}"), unique=["email"])
class User:
    id: Id
    email: Email
    name: str
    role: Role = Role.USER
    reference: str | None = None
    version: Version = 1
    created_at: Timestamp = created()
    updated_at: Timestamp = updated()


@entity(table, key=("USER#{user_id}", "CREDENTIAL"))
class Credential:
    """An item of its own, in no index: the hash is in no list, no notification and no copy of the user."""

    user_id: str
    password_hash: Secret[str]


@entity(
    table,
    key=("USER#{user_id}", "ORDER#{created_at}#{id}"),
    GSI1=("ORDER#{id}", "USER#{user_id}"),
    unique=[("user_id", "reference")],
)
class Order:
    """total_minor and item_count are those of its items, which never change once the order is placed."""

    id: Id
    user_id: str
    reference: str
    status: OrderStatus = OrderStatus.PLACED
    currency: str
    total_minor: int
    item_count: int
    version: Version = 1
    created_at: Timestamp = created()
    updated_at: Timestamp = updated()


@entity(table, key=("ORDER#{order_id}", "ITEM#{product_id}"))
class OrderItem:
    """discount_percent: 0 to 100. line_total_minor: price times quantity less the discount, rounded half up."""

    order_id: str
    product_id: str
    quantity: int
    unit_price_minor: int
    discount_percent: int
    line_total_minor: int


@entity(table, key=("PRODUCT#{id}", "METADATA"), GSI1=("CATEGORY#{category}", "PRODUCT#{id}"))
class Product:
    id: Id
    name: str
    category: str
    price_minor: int
    currency: str
    reference: str | None = None
    version: Version = 1
    created_at: Timestamp = created()
    updated_at: Timestamp = updated()


@entity(table, key=("NOTICE#{order_id}", "VERSION#{order_version:10}"))
class Notice:
    """Marks a status change as published. DynamoDB removes it after it expired."""

    order_id: str
    order_version: int
    published_at: Timestamp
    expires_at: Timestamp


# --- users


@table.one(User, consistent=True)
def find_user(id: Id) -> None:
    """Find a user"""


@table.one(User)
def find_user_by_email(email: Email) -> None:
    """Find a user by e-mail address"""


@table.one(User, index="GSI1")
def find_user_by_indexed_email(email: Email) -> None:
    """Find a user by e-mail address in the index"""


@table.one(Credential, consistent=True)
def find_credential(user_id: str) -> None:
    """Read a user's credential"""


@table.update(User)
def change_user_email(email: Email) -> None:
    """Change a user's e-mail address"""


register_user = table.transaction(create(User), create(Credential), doc="Register a user")
remove_user = table.transaction(delete(User), delete(Credential), doc="Remove a user")

# --- orders


@table.one(Order)
def find_order(id: Id) -> None:
    """Find an order"""


@table.one(Order, consistent=True)
def read_order(user_id: str, created_at: Timestamp, id: Id) -> None:
    """Read an order by its full key"""


@table.one(Order)
def find_order_by_reference(user_id: str, reference: str) -> None:
    """Find an order by the user's reference"""


@table.many(Order, newest_first=True, page=25)
def list_user_orders(user_id: str) -> None:
    """List a user's orders, newest first"""


@table.many(OrderItem, page=MOST_LINES, consistent=True)
def list_order_items(order_id: str) -> None:
    """List the lines of an order"""


@table.update(Order)
def set_order_status(status: OrderStatus) -> None:
    """Set the status of an order"""


place_order = table.transaction(check(User), create(Order), create(OrderItem, up_to=MOST_LINES), doc="Place an order")

# --- products


@table.one(Product)
def find_product(id: Id) -> None:
    """Find a product"""


@table.many(Product, page=25)
def list_category_products(category: str) -> None:
    """List the products of a category"""


add_product = table.transaction(create(Product), doc="Add a product")

# --- notices


@table.one(Notice, consistent=True)
def find_notice(order_id: str, order_version: int) -> None:
    """Look up whether a status change was published"""


record_notice = table.transaction(create(Notice), doc="Note a published status change")
