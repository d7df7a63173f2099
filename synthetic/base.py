"""What a world consists of before anything happens in it: places, people, companies, goods, the calendar."""

from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import market
from sandan.synthetic.market.goods import export_items, import_items
from sandan.synthetic.market.season import season
from sandan.synthetic.params import WorldParams
from sandan.synthetic.population.people import population
from sandan.synthetic.population.places import cities
from sandan.synthetic.population.words import words
from sandan.synthetic.trade.honest import World, day_weights, hour_weights
from sandan.synthetic.trade.numbers import Numbers

# People for each consignment.
_PEOPLE = 0.55


def base_world(params: WorldParams) -> World:
    """The same in every process that is given the same parameters; its streams are those of what is planned as a whole."""
    places = cities()
    pools = words(params.seed, [place.code for place in places])
    dice = Dice(params.seed, 1)
    items, abroad = import_items(dice), export_items(dice)
    calendar = season(dice, params.start, params.days)
    people = population(Dice(params.seed, 2), pools, places, max(200, int(params.n_orders * _PEOPLE)))
    firms = market(Dice(params.seed, 3), pools, items, abroad, params.start, params.n_orders)
    numbers = Numbers(params.seed, Dice(params.seed, 9), parts=params.days + 1)
    weights = day_weights(calendar)
    return World(
        Dice(params.seed, 4), Dice(params.seed, 5), pools, places, items, people, firms, calendar, numbers, weights, hour_weights(),
        difficulty=params.difficulty, label_rate=params.label_rate, label_bias=params.label_bias, drift=params.drift,
    )  # fmt: skip
