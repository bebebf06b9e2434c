"""No key holds what the pattern asks for."""

from singletable import Id, Key, Table, entity

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("TEAM#{team}", "USER#{id}"))
class User:
    id: Id
    team: str
    city: str


find_user = table.one(User, by="id")
list_team = table.many(User, by="team")
list_city = table.many(User, by="city")
