"""Notes of many owners, on one table."""

from singletable import Id, Key, Table, Timestamp, create, created, delete, entity

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(table, key=("NOTE#{id}", "NOTE"), GSI1=("OWNER#{owner}", "NOTE#{created_at}#{id}"))
class Note:
    id: Id
    owner: str
    text: str
    created_at: Timestamp = created()


@table.one(Note)
def find_note(id: Id) -> None:
    """One note."""


@table.many(Note, newest_first=True)
def notes_of(owner: str) -> None:
    """An owner's notes, newest first."""


write_note = table.transaction(create(Note))
remove_note = table.transaction(delete(Note))
