"""The index copies the hash into every list of users."""

from singletable import Id, Key, Secret, Table, entity

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("TEAM#{team}", "USER#{id}"))
class User:
    id: Id
    team: str
    password_hash: Secret[str]


find_user = table.one(User, by="id")
list_team = table.many(User, by="team")
