"""The list of orders would hold order items, too: their sort keys start alike."""

from singletable import Id, Key, Table, Timestamp, created, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"))
class Order:
    id: Id
    user_id: str
    created_at: Timestamp = created()


@entity(table, key=("USER#{user_id}", "ORDER#ITEM#{order_id}#{product_id}"))
class OrderItem:
    user_id: str
    order_id: str
    product_id: str


list_orders = table.many(Order, by="user_id")
