"""What was just written cannot be asked of an index."""

from singletable import Id, Key, Table, Timestamp, created, entity

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"), GSI1=("ORDER#{id}", "USER#{user_id}"))
class Order:
    id: Id
    user_id: str
    created_at: Timestamp = created()


find_order = table.one(Order, by="id", consistent=True)
