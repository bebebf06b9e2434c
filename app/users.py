"""Users, in the words of the business."""

from dataclasses import replace
from datetime import datetime

from app import model
from app.model import Credential, User
from app.repository import Repository
from singletable import NotFound, Secret


class UserRepository(Repository):
    """Every method raises TransactionConflict, Throttled or ServiceError where the table does not answer."""

    def create(self, *, email: str, name: str, password_hash: Secret[str], at: datetime, reference: str | None = None) -> User:
        """A new user with a credential. No two users have the same address, in whatever spelling.

        Raises AlreadyExists("User", "email"), InvalidValue for what is no address, ItemTooLarge.
        """
        user = User(id=self._new_id(at), email=email, name=name, reference=reference, created_at=at, updated_at=at)
        credential = Credential(user_id=user.id, password_hash=password_hash)
        self._patiently(lambda: self._store.write(model.register_user(user, credential)))
        return user

    def find_by_id(self, user_id: str) -> User | None:
        """Consistent: whoever just registered is found."""
        return self._store.get(model.find_user(id=user_id))

    def find_by_email(self, email: str, *, consistent: bool = True) -> User | None:
        """By any spelling of the address.

        consistent: through the lock of the address, then the user, who is found at once and only under the current address; 2 read units.
        False: through the index, which may be a moment behind, for a quarter of that. Default: consistent.
        """
        find = model.find_user_by_email if consistent else model.find_user_by_indexed_email
        return self._store.get(find(email=email))

    def change_email(self, user_id: str, email: str, *, version: int) -> User:
        """The new address is taken and the old one free in one step.

        Raises NotFound, VersionConflict if the user is not in this version, AlreadyExists("User", "email").
        """
        user = self._in_version(user_id, version)
        return self._patiently(lambda: self._store.update(model.change_user_email(user, email=email)))

    def delete(self, user_id: str, *, version: int) -> None:
        """The user, the credential and the claim on the address, all or nothing. Orders stay: they are records of the business.

        Raises NotFound, VersionConflict if the user is not in this version.
        """
        user = self._in_version(user_id, version)
        credential = self._store.get(model.find_credential(user_id=user_id))
        if credential is None:  # both come and go in one transaction, so the user has gone meanwhile
            raise NotFound("User")
        self._patiently(lambda: self._store.write(model.remove_user(user, credential)))

    def _in_version(self, user_id: str, version: int) -> User:
        """The user as read, expected in the caller's version: the write is refused when it is in another."""
        user = self.find_by_id(user_id)
        if user is None:
            raise NotFound("User")
        return replace(user, version=version)
