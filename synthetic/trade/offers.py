"""What is on sale on which platform, and what is put on sale there."""

import datetime as dt

from sandan.synthetic.market.companies import Platform, Seller
from sandan.synthetic.market.goods import Item
from sandan.synthetic.trade.honest import World

# Fen: the most that an order with raised prices or many pieces may come to.
MOST_RAISED = 460_000


def on_sale(world: World, platform: Platform) -> list[Item]:
    """What sellers have on a platform, each article once."""
    sold = {item.item_no: item for seller in world.market.sellers if platform in seller.platforms for item in seller.items}
    return [item for item in sold.values() if item.item_no not in platform.absent]


def offer(world: World, platform: Platform, item: Item, begins: dt.date) -> None:
    """Lists an article a week or two before somebody begins to sell it, if nobody sells it there; an earlier listing stands."""
    pair, day = (platform.company.code, item.item_no), begins - dt.timedelta(days=world.plan.whole(5, 15))
    if pair in world.late_listings or item not in on_sale(world, platform):
        world.late_listings[pair] = min(day, world.late_listings.get(pair, day))


def specialised_shop(world: World) -> tuple[Seller, Platform]:
    """A seller on a platform that is made for some families, any of them."""
    pairs = [(seller, platform) for seller in world.market.sellers for platform in seller.platforms if platform.profile]
    return world.plan.pick(pairs)


def general_shop(world: World) -> tuple[Seller, Platform]:
    """A seller on a platform that sells everything, any of them."""
    pairs = [(seller, platform) for seller in world.market.sellers for platform in seller.platforms if not platform.profile]
    return world.plan.pick(pairs)
