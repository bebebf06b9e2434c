"""What the world sees of an entity: plain data for JSON. Nothing leaves the shop that is not named here."""

from app.model import Order, OrderItem, Product, User
from app.orders import PlacedOrder
from singletable.keys import format_timestamp

View = dict[str, object]


def user(user: User) -> View:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "reference": user.reference,
        "version": user.version,
        "created_at": format_timestamp(user.created_at),
        "updated_at": format_timestamp(user.updated_at),
    }


def product(product: Product) -> View:
    return {
        "id": product.id,
        "name": product.name,
        "category": product.category,
        "price_minor": product.price_minor,
        "currency": product.currency,
        "reference": product.reference,
        "version": product.version,
        "created_at": format_timestamp(product.created_at),
    }


def order(order: Order) -> View:
    return {
        "id": order.id,
        "user_id": order.user_id,
        "reference": order.reference,
        "status": order.status.value,
        "currency": order.currency,
        "total_minor": order.total_minor,
        "item_count": order.item_count,
        "version": order.version,
        "created_at": format_timestamp(order.created_at),
        "updated_at": format_timestamp(order.updated_at),
    }


def placed_order(placed: PlacedOrder) -> View:
    return {**order(placed.order), "items": [_item(item) for item in placed.items]}


def _item(item: OrderItem) -> View:
    return {
        "product_id": item.product_id,
        "quantity": item.quantity,
        "unit_price_minor": item.unit_price_minor,
        "discount_percent": item.discount_percent,
        "line_total_minor": item.line_total_minor,
    }
