"""A declaration with one of everything that the kit can declare."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from singletable import Email, Id, Key, Secret, Table, Timestamp, Version, check, create, created, delete, entity, updated

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK"), "GSI2": Key("GSI2PK")}, ttl="expires_at")


class Colour(Enum):
    RED = "red"
    BLUE = "blue #2%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str
    floor: int | None = None
    lines: tuple[str, ...] = ()


@entity(table, key=("THING#{id}", "THING#{colour}"))
class Thing:
    """Every type that has a form in DynamoDB."""

    id: Id
    text: str = ""
    whole: int = 0
    exact: Decimal = Decimal(0)
    flag: bool = False
    raw: bytes = b""
    moment: Timestamp = created()
    day: date = date(2025, 1, 31)
    colour: Colour = Colour.RED
    address: Address = Address(street="")
    texts: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    sequence: tuple[str | None, ...] = ()
    mapping: dict[str, Decimal] | None = None
    secret: Secret[str] = Secret("")
    nothing: str | None = None


@entity(table, key=("MEMBER#{id}", "MEMBER"), GSI1=("TEAM#{team}", "SINCE#{joined_at}#{id}"), unique=["email", ("team", "shirt")])
class Member:
    """Its address is unique, and its shirt within its team."""

    id: Id
    email: Email
    team: str = "a"
    shirt: int | None = None
    version: Version = 1
    joined_at: Timestamp = created()
    updated_at: Timestamp = updated()


@entity(table, key=("TICKET#{id}", "TICKET"), GSI2=("ASSIGNEE#{assignee}",))
class Ticket:
    """In the index only while somebody has it."""

    id: Id
    assignee: str | None = None
    text: str = ""
    version: Version = 1


@entity(table, key=("LOG#{log}", "LINE#{number:8}"))
class LogLine:
    log: str
    number: int
    text: str = ""


@entity(table, key=("SENSOR#{sensor}", "AT#{at}"))
class Reading:
    sensor: str
    at: Timestamp
    value: Decimal = Decimal(0)


@entity(table, key=("SESSION#{id}", "SESSION"))
class Session:
    id: Id
    expires_at: Timestamp | None = None


add_thing = table.transaction(create(Thing))
find_thing = table.one(Thing, by=("id", "colour"), consistent=True)
change_thing = table.update(Thing, "text", "texts", "mapping", "nothing")

join = table.transaction(create(Member))
leave = table.transaction(delete(Member))
find_member = table.one(Member, by="id", consistent=True)
find_member_by_email = table.one(Member, by="email")
find_member_by_shirt = table.one(Member, by=("team", "shirt"))
list_team = table.many(Member, by="team", index="GSI1")
list_team_newest_first = table.many(Member, by="team", index="GSI1", newest_first=True)
list_team_between = table.many(Member, by="team", within="joined_at")
change_email = table.update(Member, "email")
change_shirt = table.update(Member, "shirt")
change_team = table.update(Member, "team")

open_ticket = table.transaction(create(Ticket))
find_ticket = table.one(Ticket, by="id", consistent=True)
list_assigned = table.many(Ticket, by="assignee")
assign = table.update(Ticket, "assignee")
rewrite = table.update(Ticket, "text")
take_over = table.transaction(check(Member), assign, doc="Assign a ticket to somebody who is a member")
hand_over = table.transaction(check(Member, unchanged=True), assign, doc="Assign a ticket to a member as read")
close_ticket = table.transaction(delete(Ticket))

write_lines = table.transaction(create(LogLine, up_to=100))
list_lines = table.many(LogLine, by="log", consistent=True)
list_lines_between = table.many(LogLine, by="log", within="number")

record = table.transaction(create(Reading, up_to=100))
list_readings = table.many(Reading, by="sensor", consistent=True)
list_readings_newest_first = table.many(Reading, by="sensor", newest_first=True)
list_readings_between = table.many(Reading, by="sensor", within="at")
list_readings_between_newest_first = table.many(Reading, by="sensor", within="at", newest_first=True)

start_session = table.transaction(create(Session))
find_session = table.one(Session, by="id", consistent=True)
