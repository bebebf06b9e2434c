"""An entity that no pattern reads or writes."""

from singletable import Id, Key, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("USER#{id}", "METADATA"))
class User:
    id: Id


@entity(table, key=("USER#{user_id}", "ADDRESS#{number:3}"))
class Address:
    user_id: str
    number: int


find_user = table.one(User, by="id")
