"""Line 10 would come before line 9."""

from singletable import Key, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("ORDER#{order_id}", "LINE#{number}"))
class OrderLine:
    order_id: str
    number: int


list_lines = table.many(OrderLine, by="order_id")
