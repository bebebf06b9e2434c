"""With its order this transaction can have 101 actions."""

from singletable import Id, Key, Table, create, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("ORDER#{id}", "METADATA"))
class Order:
    id: Id


@entity(table, key=("ORDER#{order_id}", "ITEM#{product_id}"))
class OrderItem:
    order_id: str
    product_id: str


find_order = table.one(Order, by="id")
list_items = table.many(OrderItem, by="order_id")
place_order = table.transaction(create(Order), create(OrderItem, up_to=100))
