"""The table and the index answer the pattern equally well, in different orders."""

from singletable import Id, Key, Table, Timestamp, created, entity

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"), GSI1=("USER#{user_id}", "STATUS#{status}#{id}"))
class Order:
    id: Id
    user_id: str
    status: str
    created_at: Timestamp = created()


list_orders = table.many(Order, by="user_id")
