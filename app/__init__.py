"""The shop: a web application on one DynamoDB table, and what its two Lambda functions run.

`model` declares entities and access patterns; `users`, `orders` and `products` are the repositories over them; `api` answers HTTP requests,
`order_events` tells the world about orders. Import the modules: a function loads what it needs and no more. Standard library only at import.
"""

__all__: list[str] = []
