"""A user and a customer with one id would be one item."""

from singletable import Id, Key, Table, entity

table = Table(key=Key("PK", "SK"))


@entity(table, key=("PERSON#{id}", "METADATA"))
class User:
    id: Id


@entity(table, key=("PERSON#{id}", "METADATA"))
class Customer:
    id: Id


find_user = table.one(User, by="id")
find_customer = table.one(Customer, by="id")
