"""The shop: its entities and the ways it reads and writes them."""

from enum import Enum

from singletable import Email, Id, Key, Secret, Table, Timestamp, Version, create, created, delete, entity, updated

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")}, ttl="expires_at")


class Role(Enum):
    USER = "user"
    ADMIN = "admin"


class OrderStatus(Enum):
    PLACED = "placed"
    PAID = "paid"
    SENT = "sent"


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("EMAIL#{email}", "USER#{id}"), unique=["email"])
class User:
    id: Id
    email: Email
    name: str
    role: Role = Role.USER
    version: Version = 1
    created_at: Timestamp = created()
    updated_at: Timestamp = updated()


@entity(table, key=("USER#{user_id}", "CREDENTIAL"))
class Credential:
    """No index keys: the hash is in no index and in no list."""

    user_id: str
    password_hash: Secret[str]


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"), GSI1=("ORDER#{id}", "USER#{user_id}"))
class Order:
    """Money is in the smallest unit of its currency."""

    id: Id
    user_id: str
    total: int
    currency: str = "EUR"
    item_count: int = 0
    status: OrderStatus = OrderStatus.PLACED
    version: Version = 1
    created_at: Timestamp = created()
    updated_at: Timestamp = updated()


@entity(table, key=("ORDER#{order_id}", "ITEM#{product_id}"))
class OrderItem:
    order_id: str
    product_id: str
    quantity: int
    price: int


@entity(table, key=("PRODUCT#{id}", "METADATA"), GSI1=("CATEGORY#{category}", "PRODUCT#{id}"))
class Product:
    id: Id
    category: str
    name: str
    price: int
    version: Version = 1


find_user = table.one(User, by="id")
find_user_by_email = table.one(User, by="email")
list_orders = table.many(Order, by="user_id", newest_first=True)
find_order = table.one(Order, by="id")
list_order_items = table.many(OrderItem, by="order_id", page=100)
list_category = table.many(Product, by="category")
register_user = table.transaction(create(User), create(Credential))
add_product = table.transaction(create(Product))
place_order = table.transaction(create(Order), create(OrderItem, up_to=98))
remove_user = table.transaction(delete(User), delete(Credential))


@table.update(Order)
def set_order_status(status: OrderStatus) -> None:
    """Moves an order on."""


@table.update(User)
def change_email(email: Email) -> None:
    """The new address is free or refused; the old one is free afterwards."""
