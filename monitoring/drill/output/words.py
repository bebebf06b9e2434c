"""The words that every form of the report uses."""

from monitoring.drill.outcome import Delivery, Judged


def listeners(delivery: Delivery) -> str:
    if delivery.people is None or delivery.programs is None:
        return "who is subscribed may not be read"
    return counted(delivery.people, delivery.programs)


def counted(people: int, programs: int) -> str:
    """ "2 people, 1 program"."""
    kinds = ((people, "person", "people"), (programs, "program", "programs"))
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in kinds if count) or "nobody"


def delivered(delivery: Delivery) -> str:
    """ "shop-page in 0.4 s: 2 people"."""
    took = f"in {delivery.seconds:.2g} s" if delivery.seconds is not None else "by its history"
    return f"{delivery.name} {took}: {listeners(delivery)}"


def result(judged: Judged) -> str:
    """In one clause."""
    match judged.verdict:
        case "heard":
            return "; ".join(map(delivered, judged.outcome.deliveries))
        case "through":
            first, *rest = judged.outcome.planned.through or ("another",)
            return f'"{first}" and {len(rest)} more tell for it' if rest else f'"{first}" tells for it'
        case "unheard":
            return judged.why_not
