"""A pattern that no variable holds: alarms could not say which it is."""

from singletable import Id, Key, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("USER#{id}", "METADATA"))
class User:
    id: Id


PATTERNS = [table.one(User, by="id")]
