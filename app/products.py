"""Products, in the words of the business."""

from datetime import datetime

from app import model
from app.model import Product
from app.money import checked_currency, checked_minor
from app.repository import Repository
from singletable import Page


class ProductRepository(Repository):
    """Every method raises Throttled or ServiceError where the table does not answer."""

    def create(self, *, name: str, category: str, price_minor: int, currency: str, at: datetime, reference: str | None = None) -> Product:
        """price_minor: in the smallest unit of the currency. Raises InvalidField, InvalidKey for an empty category, ItemTooLarge."""
        product = Product(
            id=self._new_id(at),
            name=name,
            category=category,
            price_minor=checked_minor("price_minor", price_minor),
            currency=checked_currency("currency", currency),
            reference=reference,
            created_at=at,
            updated_at=at,
        )
        self._store.write(model.add_product(product))
        return product

    def find_by_id(self, product_id: str) -> Product | None:
        """Eventually consistent, at half the price: a catalogue is read far more often than it changes."""
        return self._store.get(model.find_product(id=product_id))

    def list_by_category(self, category: str, *, limit: int | None = None, cursor: str | None = None) -> Page[Product]:
        """In the order in which they were added. limit: at most that many. Default: 25. Raises InvalidCursor."""
        return self._store.page(model.list_category_products(category=category), limit=limit, cursor=cursor)
