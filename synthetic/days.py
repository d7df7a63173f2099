"""The ordinary trade of one day, which depends on no other day: days are made side by side, by any number of processes."""

import gc
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context

from sandan.record.errors import OutputError
from sandan.record.processes.orphans import end_with_parent
from sandan.synthetic.base import base_world
from sandan.synthetic.dice import Dice
from sandan.synthetic.documents.noise import withdraw, withdrawn
from sandan.synthetic.output.consignment import Written, written
from sandan.synthetic.output.forms import Form, encoder
from sandan.synthetic.output.traces import Traces
from sandan.synthetic.params import WorldParams
from sandan.synthetic.schemes import groups
from sandan.synthetic.trade.agenda import Agenda, agenda
from sandan.synthetic.trade.consignment import Case, GroundTruth
from sandan.synthetic.trade.honest import World, export_trade, order_time, trade

_CANCELLED = GroundTruth(kind="cancelled", sentence="Ordinary trade, cancelled: every list was deleted.")
# Days that wait for the files, for each process.
_AHEAD = 2


class Days:
    """Makes the ordinary trade of days.

    Args:
        world: Its parts before anything happens.
        params: What to make.
        n_imports: Ordinary imports of all days.
        n_exports: Exports of all days.
        form: How lists are written.
    """

    def __init__(self, world: World, params: WorldParams, n_imports: int, n_exports: int, form: Form) -> None:
        self._world, self._params, self._encode = world, params, encoder(form)
        people = world.population
        self._agenda: Agenda = agenda(
            params.seed, n_imports, n_exports, params.days, world.day_weights, people.activity, len(people.people)
        )

    def day(self, day: int) -> list[Written]:
        """All of one day, by the time of the first thing that is sent."""
        seed, part = self._params.seed, day + 1
        world = replace(
            self._world,
            plan=Dice(seed, 21, part),
            write=Dice(seed, 22, part),
            numbers=self._world.numbers.of_part(part, Dice(seed, 24, part)),
        )
        traces = Traces(Dice(seed, 23, part), world.horizon, self._params, {})
        cases = [_import(world, day, buyer, most) for buyer, most in self._agenda.of_day(day)]
        cases += [Case(export_trade(world, order_time(world, day)), GroundTruth()) for _ in range(self._agenda.exports[day])]
        cases.sort(key=lambda case: case.order)
        return [written(world, case, traces, self._encode) for case in cases]


def _import(world: World, day: int, buyer: int, most: int) -> Case:
    made = trade(world, order_time(world, day), buyer=world.population.people[buyer], most=most)
    if withdrawn(world.plan):
        return Case(made, _CANCELLED, lambda lists: withdraw(lists, world.write), plain=True)
    # What a buyer typed once often goes through all lists.
    return Case(made, GroundTruth(), groups.one_writing(made, world.write) if world.plan.chance(0.12) else None)


def all_days(world: World, params: WorldParams, n_imports: int, n_exports: int, form: Form, processes: int) -> Iterator[list[Written]]:
    """The ordinary trade of each day, in turn.

    Args:
        world: Its parts before anything happens; other processes make theirs from `params`.
        params: What to make.
        n_imports: Ordinary imports of all days.
        n_exports: Exports of all days.
        form: How lists are written.
        processes: How many make days side by side.

    Raises:
        OutputError: A process was killed.
    """
    if processes == 1:
        yield from map(Days(world, params, n_imports, n_exports, form).day, range(params.days))
        return
    waiting: deque[Future[list[Written]]] = deque()
    settings = (params, n_imports, n_exports, form)
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=settings) as pool:
        try:
            for day in range(params.days):
                if len(waiting) == processes * _AHEAD:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(_day, day))
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise OutputError(
                "a process that makes the world was killed: try fewer with --processes, each needs its memory; a script of your own needs "
                '`if __name__ == "__main__":` around what it does'
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


# What a process makes its days with.
_own: list[Days] = []


def _begin(params: WorldParams, n_imports: int, n_exports: int, form: Form) -> None:
    end_with_parent()
    _own[:] = [Days(base_world(params), params, n_imports, n_exports, form)]
    # What lives to the end need not be looked through again and again.
    gc.freeze()


def _day(day: int) -> list[Written]:
    return _own[0].day(day)
