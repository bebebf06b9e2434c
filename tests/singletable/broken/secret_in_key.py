"""A key is in logs, metrics and cursors: no place for a secret."""

from singletable import Key, Secret, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("SESSION#{token}", "METADATA"))
class Session:
    token: Secret[str]
    user_id: str


find_session = table.one(Session, by="token")
