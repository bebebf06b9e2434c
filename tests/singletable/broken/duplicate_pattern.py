"""Two names for one request."""

from singletable import Id, Key, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("USER#{id}", "METADATA"))
class User:
    id: Id


find_user = table.one(User, by="id")
get_user = table.one(User, by="id")
