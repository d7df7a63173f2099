"""Parcels by post and express with drugs (frauds): their papers are perfect, only a picture shows it."""

from sandan.synthetic.documents.shipments import (
    Sender,
    Shipment,
    city_address,
    fair,
    habit,
    private_name,
    receiver,
    said,
    shipment,
    shop_name,
)
from sandan.synthetic.market.marks import WARES
from sandan.synthetic.population.people import telephone_number
from sandan.synthetic.schemes.adaptation import after_detection
from sandan.synthetic.schemes.groups import Plot
from sandan.synthetic.schemes.spans import life_span
from sandan.synthetic.trade.consignment import GroundTruth
from sandan.synthetic.trade.honest import World


def _sender(world: World) -> Sender:
    """A person or a small shop, as most senders are."""
    is_person = world.plan.chance(0.55)
    name = private_name(world) if is_person else shop_name(world)
    return Sender(name, telephone_number(world.plan), city_address(world, trader=not is_person))


def drug_sender(world: World, truth: GroundTruth, size: int) -> list[Shipment]:
    """Ordinary goods on the paper, to a few countries; after an inspection under another name, in another way, or never again."""
    dice, span = world.plan, life_span(world, truth.kind).part(world.plan, 5, 40)
    sender, way, wares = _sender(world), habit(world), dice.some(WARES, dice.whole(1, 3))
    habits = after_detection(world, truth, span, lambda: city_address(world, trader=False))
    then, then_way = _sender(world), habit(world) if habits.elsewhere else way
    made = []
    for i in range(size):
        sent = span.moment(world, (8, 21))
        changed = habits.changed(sent) and i > 0
        if changed and habits.stops:
            continue
        using = then_way if changed else way
        ware, qty = dice.pick(wares), dice.pick((1, 1, 1, 2, 3))
        to, (channel, carrier) = receiver(world, using.countries[using.draw_country.index(dice)]), using.way(dice)
        text, (cents, weight) = said(dice, ware, None, qty), fair(dice, ware, qty)
        made.append(shipment(world, truth, then if changed else sender, to, sent, carrier, channel, text, cents, weight))
    return made


SMUGGLERS: tuple[Plot, ...] = (
    Plot("drug_sender", ("scan_mismatch",), "Drugs in parcels whose papers are perfect.", drug_sender, 3, 10, 0.05),
)
